import type { ArrowKey } from './layout-rows.ts'

/** The card that an arrow key leads to in a wrapping grid; the first when none has the focus, null at an edge. */
export function cardAfterKey<T extends HTMLElement>(
  cards: readonly T[],
  focused: Element | null,
  key: ArrowKey,
): T | null {
  const from = cards.findIndex((card) => card === focused)
  if (from === -1) return cards[0] ?? null
  if (key === 'ArrowLeft') return cards[from - 1] ?? null
  if (key === 'ArrowRight') return cards[from + 1] ?? null
  return cards[from + (key === 'ArrowDown' ? 1 : -1) * cardsInRow(cards)] ?? null
}

function cardsInRow(cards: readonly HTMLElement[]): number {
  const top = cards[0]?.offsetTop
  const below = cards.findIndex((card) => card.offsetTop !== top)
  return below === -1 ? cards.length : below
}
