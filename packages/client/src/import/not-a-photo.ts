/** Endings of camera RAW. The name that core gives a RAW's format is one of them in capitals. */
const raws = words(`
  3fr ari arw bay cr2 cr3 crw cs1 dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf ori pef ptx pxn r3d raf raw
  rw2 rwl rwz sr2 srf srw x3f
`)

/** Endings of other photos. These and RAW are always handed to core, whatever is in them. */
const photos = words(`
  jpg jpeg jpe jfif jif mpo png apng webp tif tiff heic heif hif avif gif bmp jxl jp2 j2k
`)

const videos = words(`
  3g2 3gp asf avi divx flv insv lrv m2t m2ts m2v m4v mkv mod mov mp4 mpeg mpg mts mxf ogv qt swf tod ts vob webm wmv
`)

const sidecars = words('aae cop cos dop exv nksc on1 pp3 thm vrd xmp')

/** What else lies beside photos. Any other ending, or none, may still be a photo's, and core looks into it. */
const otherFiles = words(`
  aac aif aiff amr ape flac m4a mid midi mp2 mp3 ogg opus ra wav wma
  7z bz2 cab deb dmg gz img iso jar rar rpm sit tar tgz xz z zip zst
  app apk bat bin cmd com dll dylib exe js lnk mjs msi py scr sh so sys url webloc
  bak cfg conf css csv dat db db3 htm html ics ini json log md nfo plist rtf sql sqlite sqlite3 tmp txt vcf xml yaml yml
  doc docx eml epub key mobi numbers odp ods odt pages pdf pps ppt pptx xls xlsx
  col cpi ctg icc icm ind lrcat lrdata lrprev lrtemplate moff pal rpp ses tpl
  ai afdesign afphoto afpub blend cdr eps fla indd kra max psb psd psdt sketch xcf
  bdm gpx hdr idx kml kmz mpl nmea otf part crdownload ttf torrent woff woff2
`)

/** Folders that programs fill with previews of the photos beside them, and folders of the system. */
const caches = new Set([
  '@eadir',
  '#recycle',
  '$recycle.bin',
  'system volume information',
  'lost+found',
  '__macosx',
])

/** What a file's name says: a photo, nothing that is known, or something else that is left out. */
export type NameKind = 'photo' | 'maybe' | 'video' | 'sidecar' | 'other'

/** What kind of file this is by its name. */
export function kindOfName(name: string): NameKind {
  const ending = extensionOf(name).slice(1)
  if (photos.has(ending) || raws.has(ending)) return 'photo'
  if (videos.has(ending)) return 'video'
  if (sidecars.has(ending)) return 'sidecar'
  return otherFiles.has(ending) ? 'other' : 'maybe'
}

/** Whether a file is none that core should look at, by its name. */
export function isNotAPhoto(name: string): boolean {
  return !['photo', 'maybe'].includes(kindOfName(name))
}

/** Whether a file is camera RAW by its name. */
export function isRawName(name: string): boolean {
  return raws.has(extensionOf(name).slice(1))
}

/** Whether a format, as core names it in an egg, is camera RAW. */
export function isRawFormat(format: string): boolean {
  return raws.has(format.toLowerCase())
}

/** `.mp4` of `A.MP4`; empty where there is none. */
export function extensionOf(name: string): string {
  return /[^.](\.[^.\s]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

/** Whether a file or folder is hidden by its name. A Mac keeps a folder's icon under a name that it never shows. */
export function isHidden(name: string): boolean {
  return name.startsWith('.') || name === 'Icon\r'
}

/** Whether a folder holds what programs or the system keep for themselves. */
export function isCacheFolder(name: string): boolean {
  const folder = name.toLowerCase()
  return caches.has(folder) || folder.endsWith('.lrdata')
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
