import { type Document, isScalar, type Node, visit } from 'yaml'

/**
 * The first key of a YAML document that is a list or a map, if any is. Nothing here has such keys, and they are made strings level by level, which
 * doubles their quotes each time.
 */
export function keyThatIsNoText(document: Document): Node | undefined {
  let found: Node | undefined
  visit(document, {
    Pair(_, { key }) {
      if (isScalar(key) || key === null) return undefined
      found = key as Node
      return visit.BREAK
    },
  })
  return found
}
