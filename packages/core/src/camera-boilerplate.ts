const MAKERS =
  'olympus|sony|konica|minolta|konica minolta|samsung|kodak|pentax|fujifilm|casio|benq|epson|nikon|canon|hp|panasonic|ricoh|sanyo'

/** Whose name stands behind "created with", so that what a person made with a tripod is left alone. */
const PROGRAMS =
  'gimp|imagemagick|snapseed|vsco(?:cam)?|moldiv|darktable|rawtherapee|picasa|photoscape|paint\\.net|inkscape|camera\\+|afterlight|darkroom|adobe [\\w ]{1,30}'

/** What cameras and programs put where the words about a picture belong, whatever the picture shows. */
const phrases = [
  new RegExp(
    `^(?:(?:${MAKERS}) )?(?:digital (?:still ?)?camera|dsc(?: picture)?|camera pictures?|digital stillcamera)$`,
  ),
  /^(?:exif[ _-]?jpeg(?:[ _-]?(?:picture|\w?4\d\d))?|jpeg image|<?untitled>?|default|image|picture|photo|none|null)$/,
  // Settings: "filter: 0; fileterIntensity: 0.0; filterMask: 0;".
  /^(?:filter|filterintensity|captureorientation|cameramode|mtkcam)\w* ?[:=] ?-?[\d.]+ ?;(?: ?\w+ ?[:=][^;]*;?)* ?$/,
  /^(?:converted p[bgpn]m file|acd systems digital imaging|lead technologies inc\.(?: v[\d.]+)?|applemark)$/,
  new RegExp(
    `^(?:created|processed|edited|made) (?:with|by) (?:the )?(?:${PROGRAMS})(?: v?[\\d.]+)?(?: with [\\w -]{1,20} preset)?[.!]?$`,
  ),
  /^(?:cof|sdr|rhdr|hdrpl|ptr|nor|mde|dav|edf|ozedf|oznor|oznorwb|fbt|btf|bty|tpf|rpt|srnr)$/,
  // The name of the file, as it left the camera.
  /^(?:[\w-]{1,12}[\\/]){0,4}[\w-]{1,40}\.(?:jpe?g|tiff?|dng|heic|png)$/,
  /^(?:_?dsc[nf]?|_?mg|img[p]?|imag|pict?|pic|p|dc|cimg|sany|mvc|hpim|im|gopr|gh|dji)_?\d{4,8}[a-z]?$/,
]

const NOTHING = /^[\s\p{Cc}._*?-]*$/u
const MAX_CHARACTERS = 300

/** Whether a description says nothing about its picture. */
export function isBoilerplate(text: string): boolean {
  if (NOTHING.test(text)) return true
  const plain = text.trim().toLowerCase()
  return plain.length <= MAX_CHARACTERS && phrases.some((phrase) => phrase.test(plain))
}

const notNames = [
  'picasa',
  'unknown',
  'default',
  'photographer',
  'camera owner',
  'owner',
  'user',
  'none',
  'n/a',
]

/** Whether a creator's name is what a program writes when it knows none. */
export function isNobody(name: string): boolean {
  return NOTHING.test(name) || notNames.includes(name.trim().toLowerCase())
}
