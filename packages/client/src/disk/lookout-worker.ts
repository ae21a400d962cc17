import { parentPort } from 'node:worker_threads'
import { isHidden } from '../import/not-a-photo.ts'
import { joinPath, receivedPath, textOf } from './disk-path.ts'
import { lookAt } from './look.ts'
import type { Watch } from './lookout.ts'
import { SharedLooks } from './shared-looks.ts'

parentPort?.on('message', ({ folder, names, memory }: Watch) => {
  const looks = new SharedLooks(memory)
  const path = receivedPath(folder)
  for (let index = names.length - 1; index >= 0; index--) {
    const name = receivedPath(names[index] ?? '')
    // A scan passes these by without a look.
    if (isHidden(textOf(name))) continue
    if (!looks.take(index)) break
    looks.tell(index, lookAt(joinPath(path, name)))
  }
  looks.leave()
})
