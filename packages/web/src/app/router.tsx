import { createBrowserRouter, useNavigate } from 'react-router'
import { AccountPage } from '../features/accounts/account-page.tsx'
import { RegisterPage } from '../features/accounts/register-page.tsx'
import { SignInPage } from '../features/accounts/sign-in-page.tsx'
import { FirstImport } from '../features/import/first-import.tsx'
import { ImportPage } from '../features/import/import-page.tsx'
import { PhotoPage } from '../features/photo/photo-page.tsx'
import { UndatedPage } from '../features/timeline/day-page.tsx'
import { SearchPage } from '../features/timeline/search-page.tsx'
import { TimelinePage } from '../features/timeline/timeline-page.tsx'
import { TrashPage } from '../features/trash/trash-page.tsx'
import { BrokenPage, MissingPage } from './lost-pages.tsx'
import { SignedIn, SignedOut } from './gate.tsx'
import { Shell } from './shell.tsx'

/** Every page of the app and its address. */
export function createRouter() {
  return createBrowserRouter([
    {
      errorElement: <BrokenPage />,
      children: [
        {
          element: <SignedOut />,
          children: [
            { path: '/sign-in', element: <SignInPage /> },
            { path: '/register', element: <RegisterPage /> },
          ],
        },
        {
          element: <SignedIn />,
          children: [
            {
              element: <Shell />,
              children: [
                ...['/', '/:year', '/:year/:month', '/:year/:month/:day'].map((path) => ({
                  path,
                  element: <Timeline />,
                })),
                { path: '/undated', element: <UndatedPage /> },
                { path: '/search', element: <SearchPage /> },
                { path: '/import', element: <ImportPage /> },
                { path: '/trash', element: <TrashPage /> },
                { path: '/account', element: <AccountPage /> },
                { path: '/photo/:hothash', element: <PhotoPage whenMissing={<MissingPhoto />} /> },
                { path: '*', element: <MissingPage /> },
              ],
            },
          ],
        },
      ],
    },
  ])
}

function Timeline() {
  const navigate = useNavigate()
  return (
    <TimelinePage
      whenEmpty={<FirstImport onStart={() => void navigate('/import')} />}
      whenMissing={<MissingPage />}
    />
  )
}

function MissingPhoto() {
  return <MissingPage what="There is no such photo, or it is in the trash, or it is not yours to see." />
}
