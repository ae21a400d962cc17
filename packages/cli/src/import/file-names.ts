/** Names of photos: these are always handed to core, whatever is in them. */
const photos = words(`
  jpg jpeg jpe jfif jif mpo png apng webp tif tiff heic heif hif avif gif bmp jxl jp2 j2k
  3fr ari arw bay cr2 cr3 crw cs1 dcr dng erf fff gpr iiq k25 kdc mef mos mrw nef nrw orf ori pef ptx pxn r3d raf raw
  rw2 rwl rwz sr2 srf srw x3f
`)

/** Names of what lies beside photos. Any other name, or none, may still be a photo, and core looks into it. */
const others = words(`
  3g2 3gp asf avi divx flv insv lrv m2t m2ts m2v m4v mkv mod mov mp4 mpeg mpg mts mxf ogv qt swf tod ts vob webm wmv
  aac aif aiff amr ape flac m4a mid midi mp2 mp3 ogg opus ra wav wma
  7z bz2 cab deb dmg gz img iso jar rar rpm sit tar tgz xz z zip zst
  app apk bat bin cmd com dll dylib exe js lnk mjs msi py scr sh so sys url webloc
  bak cfg conf css csv dat db db3 htm html ics ini json log md nfo plist rtf sql sqlite sqlite3 tmp txt vcf xml yaml yml
  doc docx eml epub key mobi numbers odp ods odt pages pdf pps ppt pptx xls xlsx
  aae cos cop col cpi ctg dop exv icc icm ind lrcat lrdata lrprev lrtemplate moff on1 pal pp3 rpp ses thm tpl vrd xmp
  ai afdesign afphoto afpub blend cdr eps fla indd kra max psb psd psdt sketch xcf
  bdm gpx hdr idx kml kmz mpl nmea otf part crdownload ttf torrent woff woff2
`)

/** Folders that programs fill with previews of the photos beside them, and folders of the system. */
const caches = new Set(['@eadir', '#recycle', '$recycle.bin', 'system volume information', 'lost+found'])

export type NameKind = 'photo' | 'maybe' | 'other'

/** What a file's name says: a photo, something else, or nothing that is known. */
export function kindOfName(name: string): NameKind {
  const ending = extensionOf(name).slice(1)
  if (photos.has(ending)) return 'photo'
  return others.has(ending) ? 'other' : 'maybe'
}

/** `.mp4` of `A.MP4`; empty where there is none. */
export function extensionOf(name: string): string {
  return /[^.](\.[^.\s]{1,12})$/.exec(name)?.[1]?.toLowerCase() ?? ''
}

export function isHidden(name: string): boolean {
  return name.startsWith('.')
}

export function isCacheFolder(name: string): boolean {
  const folder = name.toLowerCase()
  return caches.has(folder) || folder.endsWith('.lrdata')
}

function words(text: string): ReadonlySet<string> {
  return new Set(text.trim().split(/\s+/))
}
