import {
  BinaryOperationNode,
  type LimitNode,
  type OffsetNode,
  RawNode,
  SqliteQueryCompiler,
  ValueNode,
} from 'kysely'

/**
 * Queries that SQLite plans once. It plans a statement anew whenever the parameters that its planner has looked at are
 * cleared, which the driver does after every run: planning then takes several times as long as the query itself. So no
 * parameter is where the planner looks: what a column is compared with is an expression, limits are numbers in the text.
 */
export class PlannedOnceCompiler extends SqliteQueryCompiler {
  protected override visitValue(node: ValueNode): void {
    const parent = this.parentNode
    const isCompared = parent !== undefined && (BinaryOperationNode.is(parent) || RawNode.is(parent))
    if (isCompared && !node.immediate) this.append('ifnull(')
    super.visitValue(node)
    if (isCompared && !node.immediate) this.append(', null)')
  }

  protected override visitLimit(node: LimitNode): void {
    this.append('limit ')
    this.#visitCount(node.limit)
  }

  protected override visitOffset(node: OffsetNode): void {
    this.append('offset ')
    this.#visitCount(node.offset)
  }

  #visitCount(node: LimitNode['limit']): void {
    const isNumber = ValueNode.is(node) && Number.isSafeInteger(node.value)
    if (isNumber) this.appendImmediateValue(node.value)
    else this.visitNode(node)
  }
}
