import type { Photo } from '@imalink/contract'

type Facts = Pick<
  Photo,
  | 'camera_make'
  | 'camera_model'
  | 'lens_make'
  | 'lens_model'
  | 'exposure_time'
  | 'f_number'
  | 'iso'
  | 'focal_length'
>

/** `Canon EOS R5`: the make is left out where the model begins with it. Null where neither is known. */
export function cameraOf({
  camera_make,
  camera_model,
}: Pick<Facts, 'camera_make' | 'camera_model'>): string | null {
  return named(camera_make, camera_model)
}

export function lensOf({ lens_make, lens_model }: Pick<Facts, 'lens_make' | 'lens_model'>): string | null {
  return named(lens_make, lens_model)
}

function named(make: string | null, model: string | null): string | null {
  if (make === null || model === null) return model ?? make
  const brand = make.split(/\s/)[0] ?? make
  return model.toLowerCase().startsWith(brand.toLowerCase()) ? model : `${make} ${model}`
}

/** `1/250 s · f/2.8`; null where neither is known. */
export function exposureOf({
  exposure_time,
  f_number,
}: Pick<Facts, 'exposure_time' | 'f_number'>): string | null {
  const parts = [exposure_time && `${exposure_time} s`, f_number && `f/${trimmed(f_number, 1)}`].filter(
    Boolean,
  )
  return parts.length === 0 ? null : parts.join(' · ')
}

/** `6000 × 4000 px, 24 MP`. */
export function dimensionsOf({ width, height }: { readonly width: number; readonly height: number }): string {
  const megapixels = (width * height) / 1_000_000
  return `${width} × ${height} px, ${trimmed(megapixels, megapixels < 10 ? 1 : 0)} MP`
}

/** `59.9139° N, 10.7522° E`. */
export function formatCoordinates(latitude: number, longitude: number): string {
  return `${degrees(latitude, 'N', 'S')}, ${degrees(longitude, 'E', 'W')}`
}

function degrees(value: number, positive: string, negative: string): string {
  return `${Math.abs(value).toFixed(5)}° ${value < 0 ? negative : positive}`
}

/** `12 m above sea level`. */
export function formatAltitude(metres: number): string {
  return `${Math.abs(Math.round(metres))} m ${metres < 0 ? 'below' : 'above'} sea level`
}

/** At most that many decimals, and no zeros at their end. */
export function trimmed(value: number, decimals: number): string {
  return String(Number(value.toFixed(decimals)))
}
