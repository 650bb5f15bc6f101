import { describe, expect, test } from 'vitest'
import { Doc } from '../../src/core/doc.ts'
import maskIpAddresses from '../../src/editors/mask_ip_addresses.ts'

async function masked(text: string, options: object = { replacements: ['<1>', '<2>'] }): Promise<string> {
  const mask = await maskIpAddresses.edit(maskIpAddresses.schema.parse(options))
  return mask(new Doc({ id: '1', text }))
}

describe('public addresses', () => {
  test.each([
    ['', ''],
    ['8.8.8.8', '<1>'],
    ['8.8.8.8:80, 1.1.1.1/dns 9.9.9.9', '<1>:80, <2>/dns <1>'],
    ['日8.8.8.8語😀1.1.1.1', '日<1>語😀<2>'],
    // no word boundaries are asked for
    ['v1.2.3.4.5', 'v<1>.5'],
    ['1234.5.6.7', '1<1>'],
    ['8.8.8.888', '<1>8'],
    ['256.8.8.8', '2<1>'],
    ['1.2.3', '1.2.3'],
    ['1.2.3.', '1.2.3.'],
    ['08.8.8.8', '08.8.8.8'],
    ['8.8.8.08', '8.8.8.08'],
    ['0.8.8.8', '0.8.8.8'],
    ['٨.٨.٨.٨', '٨.٨.٨.٨'],
  ])('%j', async (text, expected) => {
    expect(await masked(text)).toBe(expected)
  })
})

describe("the edges of what Python's ipaddress calls global", () => {
  test.each([
    ['0.255.255.255', false],
    ['1.0.0.0', true],
    ['9.255.255.255', true],
    ['10.0.0.0', false],
    ['10.255.255.255', false],
    ['11.0.0.0', true],
    ['100.63.255.255', true],
    ['100.64.0.0', false],
    ['100.127.255.255', false],
    ['100.128.0.0', true],
    ['127.0.0.1', false],
    ['169.254.0.0', false],
    ['169.255.0.0', true],
    ['172.15.255.255', true],
    ['172.16.0.0', false],
    ['172.31.255.255', false],
    ['172.32.0.0', true],
    ['192.0.0.8', false],
    ['192.0.0.9', true],
    ['192.0.0.10', true],
    ['192.0.0.255', false],
    ['192.0.1.0', true],
    ['192.0.2.1', false],
    ['192.168.0.17', false],
    ['192.169.0.0', true],
    ['198.17.255.255', true],
    ['198.18.0.0', false],
    ['198.19.255.255', false],
    ['198.20.0.0', true],
    ['198.51.100.7', false],
    ['203.0.113.7', false],
    ['224.0.0.1', true],
    ['239.255.255.255', true],
    ['240.0.0.0', false],
    ['255.255.255.255', false],
  ])('%s: %s', async (address, isPublic) => {
    expect(await masked(address)).toBe(isPublic ? '<1>' : address)
  })
})

test("FineWeb's six addresses, over and over, and from the first in every document", async () => {
  const seven = Array(7).fill('8.8.8.8').join(' ')
  const expected = '22.214.171.124 126.96.36.199 188.8.131.52 184.108.40.206 220.127.116.11 18.104.22.168 22.214.171.124'
  expect(await masked(seven, {})).toBe(expected)
  expect(await masked(expected, {})).toBe(expected)
})
