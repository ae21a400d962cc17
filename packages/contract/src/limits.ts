const KIB = 1024
const MIB = 1024 * KIB

/** The largest sizes both sides agree on; bytes unless the name says otherwise. */
export const limits = {
  jsonBodyBytes: 64 * KIB,
  eggBodyBytes: 8 * MIB,
  batchBodyBytes: 64 * MIB,
  batchItems: 200,
  knownItems: 1000,
  hotpreviewBytes: 64 * KIB,
  hotpreviewSidePx: 150,
  coldpreviewBytes: 4 * MIB,
  exifDictBytes: 256 * KIB,
  exifDictDepth: 32,
  titleLength: 255,
  descriptionLength: 20_000,
  batchEditPhotos: 10_000,
  tagsPerPhoto: 200,
  tagLength: 50,
  completions: 100,
  filesPerPhoto: 20,
  stackPhotos: 5000,
  storyBlocks: 2000,
  storyPictures: 2000,
  collectionPhotos: 20_000,
  placesListed: 100,
  fileBytes: 512 * MIB,
  pagePhotos: 500,
  gridPhotos: 5000,
  importErrors: 1000,
} as const
