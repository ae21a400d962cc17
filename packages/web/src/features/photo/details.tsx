import type { FileRecord, Photo } from '@imalink/contract'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import { formatTakenAt } from '../../dates/wall-clock.ts'
import { importSessionQuery } from '../../server/photos.ts'
import { formatBytes, formatInstant } from '../../ui/quantities.ts'
import {
  cameraOf,
  dimensionsOf,
  exposureOf,
  formatAltitude,
  formatCoordinates,
  lensOf,
  trimmed,
} from './photo-facts.ts'
import styles from './photo.module.css'

const visibilities = {
  private: 'Private: only you',
  space: 'Members of its spaces',
  authenticated: 'Everybody with an account',
  public: 'Public: everybody',
} as const

/** Everything that is known about a photo, in words. What is not known is left out. */
export function Details({ photo }: { readonly photo: Photo }) {
  const { gps_latitude: latitude, gps_longitude: longitude, gps_altitude: altitude } = photo
  return (
    <aside className={styles.details} aria-label="Details">
      <h2>Details</h2>
      {photo.title && <h3>{photo.title}</h3>}
      {photo.description && <p>{photo.description}</p>}
      <dl>
        <Fact name="Taken">
          {photo.taken_at === null ? 'Not known' : formatTakenAt(photo.taken_at, photo.taken_at_offset)}
        </Fact>
        <Fact name="Camera">{cameraOf(photo)}</Fact>
        <Fact name="Lens">{lensOf(photo)}</Fact>
        <Fact name="Exposure">{exposureOf(photo)}</Fact>
        <Fact name="ISO">{photo.iso}</Fact>
        <Fact name="Focal length">
          {photo.focal_length === null ? null : `${trimmed(photo.focal_length, 1)} mm`}
        </Fact>
        <Fact name="Size">{dimensionsOf(photo)}</Fact>
        {typeof latitude === 'number' && typeof longitude === 'number' && (
          <Fact name="Place">
            {formatCoordinates(latitude, longitude)}
            {typeof altitude === 'number' && <div>{formatAltitude(altitude)}</div>}
          </Fact>
        )}
        <Fact name="Rating">
          <Rating stars={photo.rating} />
        </Fact>
        <Fact name="Visible to">{visibilities[photo.visibility]}</Fact>
        <Fact name="Tags">
          {photo.tags.length === 0 ? null : photo.tags.map(({ name }) => name).join(', ')}
        </Fact>
        <Fact name="Photographer">{photo.author?.name}</Fact>
        {photo.is_mine ? null : <Fact name="Owner">{photo.owner.display_name}</Fact>}
        {typeof photo.import_session_id === 'number' && <ImportFact id={photo.import_session_id} />}
        <Fact name="Added">{formatInstant(photo.created_at)}</Fact>
      </dl>
      {photo.files && <Originals files={photo.files} />}
    </aside>
  )
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  if (children === null || children === undefined) return null
  return (
    <div className={styles.fact}>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  )
}

function Rating({ stars }: { readonly stars: number }) {
  if (stars === 0) return 'Not rated'
  return (
    <span role="img" aria-label={`${stars} of 5 stars`}>
      {'★'.repeat(stars) + '☆'.repeat(5 - stars)}
    </span>
  )
}

function ImportFact({ id }: { readonly id: number }) {
  const { data } = useQuery(importSessionQuery(id))
  if (!data) return null
  return (
    <Fact name="Import">
      {data.title ?? `Number ${data.id}`}, {formatInstant(data.started_at ?? data.created_at)}
    </Fact>
  )
}

function Originals({ files }: { readonly files: readonly FileRecord[] }) {
  return (
    <section aria-label="Originals">
      <h3>{files.length === 1 ? 'Original' : 'Originals'}</h3>
      <ul className={styles.files}>
        {files.map((file) => (
          <li key={file.id}>
            <div className={styles.fileName}>{file.filename}</div>
            {file.file_path !== '' && <div className={styles.path}>{file.file_path}</div>}
            <div className={styles.fileFacts}>{fileFacts(file)}</div>
          </li>
        ))}
      </ul>
    </section>
  )
}

function fileFacts({ volume, file_format, file_size, modified_at }: FileRecord): string {
  return [
    volume === '' ? null : `on ${volume}`,
    file_format,
    file_size === null ? null : formatBytes(file_size),
    modified_at === null ? null : `changed ${formatInstant(modified_at)}`,
  ]
    .filter((fact) => fact !== null)
    .join(' · ')
}
