import type { PhotoEgg } from '@imalink/contract'

export type ColourLabel = NonNullable<PhotoEgg['color_label']>

/** In the order in which darktable and Lightroom count them. */
export const colours: readonly ColourLabel[] = ['red', 'yellow', 'green', 'blue', 'purple']

/**
 * What programs write for the five labels: Lightroom the colour in the language of its user, Bridge what the label is
 * for. Lower case; one line for each colour, in the order of `colours`.
 */
const names: readonly string[] = [
  'red select rot rouge rojo rosso vermelho rood röd rød punainen czerwony červená červený piros kırmızı красный レッド 赤 红色 紅色 빨강 빨간색',
  'yellow second gelb jaune amarillo giallo amarelo geel gul keltainen żółty žlutá žlutý sárga sarı желтый жёлтый イエロー 黄 黄色 黃色 노랑 노란색',
  'green approved grün vert verde groen grön grønn grøn vihreä zielony zelená zelený zöld yeşil зеленый зелёный グリーン 緑 绿色 綠色 녹색 초록색',
  'blue review blau bleu azul blu blauw blå sininen niebieski modrá modrý kék mavi синий ブルー 青 蓝色 藍色 파랑 파란색',
  'purple lila violett purpur violet pourpre morado púrpura viola porpora roxo paars lilla violetti purppura fioletowy purpurowy fialová fialový purpurová purpurový bíbor mor пурпурный фиолетовый лиловый パープル 紫 紫色 자주 보라색',
]

const byName = new Map<string, ColourLabel>(
  names.flatMap((line, index) =>
    line.split(' ').map((name): [string, ColourLabel] => [name, colours[index] ?? 'red']),
  ),
)
byName.set('to do', 'purple')

/** The colour that a label means; null where it is none of the five. */
export function colourOf(label: string): ColourLabel | null {
  return byName.get(label.normalize('NFC').trim().toLowerCase()) ?? null
}
