import { Link } from 'react-router'
import { type Period, periodName, periodPath } from '../../dates/period.ts'
import styles from './timeline.module.css'

/** The way up, from the whole library: All years, 2024, June. */
export function Breadcrumb({ trail }: { readonly trail: readonly Period[] }) {
  return (
    <nav aria-label="Breadcrumb">
      <ol className={styles.crumbs}>
        {trail.map((period) => (
          <li key={periodPath(period)}>
            <Link to={periodPath(period)}>{periodName(period)}</Link>
          </li>
        ))}
      </ol>
    </nav>
  )
}
