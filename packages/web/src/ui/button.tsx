import type { ComponentProps, ReactNode } from 'react'
import { Link } from 'react-router'
import styles from './button.module.css'
import { Icon, type IconName } from './icon.tsx'

export type ButtonKind = 'primary' | 'plain' | 'danger' | 'quiet'

interface Look {
  readonly kind?: ButtonKind
  readonly icon?: IconName
}

/** React passes it on; its types leave it out because it is in no standard. */
const wholeFolder = { webkitdirectory: '' }

export function Button({ kind = 'plain', icon, children, ...rest }: Look & ComponentProps<'button'>) {
  return (
    <button type="button" className={classesOf(kind)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

export function ButtonLink({ kind = 'plain', icon, children, ...rest }: Look & ComponentProps<typeof Link>) {
  return (
    <Link className={classesOf(kind)} {...rest}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

interface FileButtonProps extends Look {
  readonly children: ReactNode
  /** A whole folder with everything below it, or single files. */
  readonly picks: 'folder' | 'files'
  onFiles(files: readonly File[]): void
}

/** A file input that looks like a button; the input itself is what keyboards and screen readers meet. */
export function FileButton({ kind = 'plain', icon, children, picks, onFiles }: FileButtonProps) {
  return (
    <label className={`${classesOf(kind)} ${styles.file ?? ''}`}>
      {icon && <Icon name={icon} />}
      {children}
      <input
        type="file"
        multiple
        className="visually-hidden"
        {...(picks === 'folder' ? wholeFolder : {})}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])])
          // The same choice made again is a change only if this one is forgotten.
          currentTarget.value = ''
        }}
      />
    </label>
  )
}

function classesOf(kind: ButtonKind): string {
  return [styles.button, kind === 'plain' ? undefined : styles[kind]].filter(Boolean).join(' ')
}
