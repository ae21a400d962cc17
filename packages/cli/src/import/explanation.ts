import type { FileEvent, SurveyedFile } from './file-event.ts'
import { printable } from './printable.ts'

/** One line for a person: what became of a file, and why. */
export function explanation(event: FileEvent): string {
  const note = 'note' in event && event.note ? ` ${printable(event.note)}` : ''
  return `${statusWord(event).padEnd(10)} ${printable(event.path)}: ${sentence(event)}${note}`
}

const expectations: Readonly<Record<SurveyedFile['status'], readonly [word: string, sentence: string]>> = {
  would_import: ['new', 'it would be looked at.'],
  known: ['known', 'a photo was made of the same bytes.'],
  unreadable: ['unreadable', 'it cannot be read.'],
}

/** One line for a person: what would become of a file. */
export function expectation({ path, status }: SurveyedFile): string {
  const [word, told] = expectations[status]
  return `${word.padEnd(10)} ${printable(path)}: ${told}`
}

function statusWord(event: FileEvent): string {
  if (event.status === 'left_out') return 'left out'
  return 'unchanged' in event ? 'unchanged' : event.status
}

function sentence(event: FileEvent): string {
  switch (event.status) {
    case 'created':
      return `photo ${event.id} was made of it.`
    case 'duplicate':
      return `it shows what photo ${event.id} shows, and is one of its originals now.`
    case 'joined':
      return `it is a further file of photo ${event.id}.`
    case 'known':
      return event.unchanged
        ? `it has not changed since it came in as photo ${event.id}; the server was not asked.`
        : `photo ${event.id} was made of the same bytes${event.in_trash ? ', and is in the trash' : ''}.`
    case 'refused':
      return `${printable(event.detail)} (${event.code})${event.before ? ', as it was before; --recheck tries again' : ''}.`
    case 'left_out':
      return `${event.detail}.`
  }
}
