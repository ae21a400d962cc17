/** Strokes on a 24 x 24 grid. */
const paths = {
  account: 'M12 12a4 4 0 1 0 0-8 4 4 0 0 0 0 8Zm-8 8.500c1-3.600 4.200-5.500 8-5.500s7 1.900 8 5.500',
  back: 'M15 5l-7 7 7 7',
  next: 'M9 5l7 7-7 7',
  close: 'M6 6l12 12M18 6L6 18',
  copy: 'M9 9h11v11H9zM5 15H4V4h11v1',
  folder:
    'M3.500 6.500a1.500 1.500 0 0 1 1.500-1.500h4l2 2.500h8a1.500 1.500 0 0 1 1.500 1.500v9a1.500 1.500 0 0 1-1.500 1.500H5a1.500 1.500 0 0 1-1.500-1.500z',
  files: 'M4 5.500h16v13H4zM4 15l4.500-4 4 3.500 3-2.500 4.500 4M15.500 9.500h.01',
  import: 'M12 4v11m0 0l-4.500-4.500M12 15l4.500-4.500M4 19.500h16',
  info: 'M12 21a9 9 0 1 0 0-18 9 9 0 0 0 0 18Zm0-9.500V16.500M12 7.800h.01',
  restore: 'M4 5v5h5M4.600 10a8 8 0 1 1-.6 4',
  search: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L21 21',
  signOut: 'M14 4H5v16h9M10 12h10.500m0 0l-4-4m4 4l-4 4',
  timeline: 'M4 4.500h7v7H4zM14 4.500h6v7h-6zM4 14.500h4.500v5H4zM11.500 14.500H20v5h-8.500z',
  trash: 'M4.500 6.500h15M9.500 6V4h5v2M6.500 6.500l1 13.500h9l1-13.500M10 10.500v6M14 10.500v6',
  undated: 'M4 6h16v14H4zM4 10h16M8.500 3.500V7M15.500 3.500V7M10 13l4 4M14 13l-4 4',
  warning: 'M12 4L2.500 20h19zM12 10v5M12 17.500h.01',
  zoomIn:
    'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L21 21M7.500 10.500h6M10.500 7.500v6',
  zoomOut: 'M10.500 17a6.500 6.500 0 1 0 0-13 6.500 6.500 0 0 0 0 13Zm4.800-1.700L21 21M7.500 10.500h6',
} as const

export type IconName = keyof typeof paths

/** Decoration only: the name of what it stands for is on the control. */
export function Icon({ name, size = 20 }: { readonly name: IconName; readonly size?: number }) {
  return (
    <svg
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      strokeWidth="1.7"
      strokeLinecap="round"
      strokeLinejoin="round"
      aria-hidden="true"
      focusable="false"
    >
      <path d={paths[name]} />
    </svg>
  )
}
