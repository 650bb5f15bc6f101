/**
 * Whether a page follows XML's rules: it is served as XML, or begins with an XML declaration and names XHTML's namespace. Browsers go by the
 * first alone; of pages that are served as HTML the second reads what their authors, and the tools they used, took for granted.
 */
export function isXhtml(html: string, contentType: string): boolean {
  if (/^\s*(?:application\/(?:xhtml\+)?xml|text\/xml)\s*(?:;|$)/i.test(contentType)) return true
  return (
    /^\ufeff?\s*<\?xml\s/.test(html.slice(0, 200)) &&
    /<html\s[^>]*\bxmlns\s*=\s*["']?http:\/\/www\.w3\.org\/1999\/xhtml/i.test(html.slice(0, 4000))
  )
}
