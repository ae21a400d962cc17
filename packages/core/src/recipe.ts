/**
 * The name of how previews are made: everything in previews.ts, pictures.ts, heic.ts and colour.ts, and the exact version
 * of sharp. Other bytes need another name (docs/decisions/0001-hotpreview-recipe.md).
 */
export const RECIPE = 'h1'
