import { getDomain, getFullDomain } from 'tldts'
import { z } from 'zod'

/**
 * The part of an address that lists of domains are compared with. As tldextract, which the reference uses: a registered domain goes by the ICANN part of the public suffix list, and a host that is
 * an IP address or a bare suffix has neither domain nor host. Unlike it, case does not count, and any unlisted top level is a suffix.
 */
export const domainParts = {
  registered_domain: (url: string) => getDomain(url, { validateHostname: false }) ?? '',
  host: (url: string) => getFullDomain(url, { validateHostname: false }) ?? '',
  // DCLM deletes the letters "www" and leaves their dot: "www.example.org" becomes ".example.org", which no list has.
  netloc: (url: string) => netloc(url).replaceAll('www', ''),
  netloc_with_www: (url: string) => netloc(url),
  netloc_without_www: (url: string) => netloc(url).replace(/^www\./, ''),
}

/** What Python's `urlparse` calls by that name: user, host and port as they stand in the address; in lower case. */
const netloc = (url: string): string => /^(?:[a-z][a-z0-9+.-]*:)?\/\/([^/?#]*)/i.exec(url)?.[1]?.toLowerCase() ?? ''

type DomainMatch = keyof typeof domainParts

/** The `match` option of rules that look an address up in lists of domains. */
export const domainMatchOption = z
  .enum(Object.keys(domainParts) as [DomainMatch, ...DomainMatch[]])
  .default('registered_domain')
  .describe(
    'registered_domain: a.b.example.co.uk is listed as example.co.uk; host: only as a.b.example.co.uk; netloc_with_www: the same, with user and port, as in RedPajama-V2; netloc_without_www: the same, but www. does not count; netloc: as DCLM has it, where addresses with www are never listed',
  )

/** Hosts whose domain is remembered. */
const mostHosts = 1_000_000

/** The registered domain of addresses, else their host, else "(none)": each host is looked up once. */
export function domainNamer(): (url: string) => string {
  const known = new Map<string, string>()
  return (url) => {
    const host = netloc(url)
    let domain = known.get(host)
    if (domain === undefined) {
      domain = domainParts.registered_domain(`http://${host}`) || host || '(none)'
      if (known.size < mostHosts) known.set(host, domain)
    }
    return domain
  }
}
