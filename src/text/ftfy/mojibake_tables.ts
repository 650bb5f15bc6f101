import { pythonSpace } from '../python.ts'

/**
 * What text looks like whose UTF-8 was read as another encoding: the patterns, tables and heuristics of ftfy 6.3 (Robyn Speer, Apache-2.0;
 * badness.py, chardata.py).
 */

/** Kinds of characters, as insides of `[…]`. */
const common = '\xa0\xad·´–—―…’'
const c1 = '\x80-\x9f'
const bad = '¦¤¨¬¯¸ƒˆˇ˘˛˜†‡‰⌐◊\ufffdªº'
const law = '¶§'
const currency = '¢£¥₧€'
const startPunctuation = '¡«¿©΄΅‘‚“„•‹\uf8ff'
const endPunctuation = '®»˝”›™'
const numeric = '²³¹±¼½¾×µ÷⁄∂∆∏∑√∞∩∫≈≠≡≤≥№'
const kaomoji = 'Ò-ÖÙ-Üò-öø-üŐŌŪŲ°'
const upperAccented = 'À-ÑØÜÝĂĀĄĆČĎĐĘĚĒĖĞĢİĪĶĹĽŁĻŃŇŅŒŘŚŞŠŢŤŮŰŸŹŻŽҐ'
const lowerAccented = 'ßà-ñăąāćčďđęěēėğģįīķĺľłļœŕśşšťüźżžґﬁﬂ'
const upperCommon = 'ÞΑ-ΩΆΈΉΊΌΎΏΪΫЁ-Я'
const lowerCommon = 'α-ωάέήίΰа-џ'
const box = '│┌┐┘├┤┬┼═-╬▀▄█▌▐░▒▓'

/** What hardly ever stands in text that was read as what it is. */
const signs = [
  `[${c1}]`,
  `[${bad}${lowerAccented}${upperAccented}${box}${startPunctuation}${endPunctuation}${currency}${numeric}${law}][${bad}]`,
  `[a-zA-Z][${lowerCommon}${upperCommon}][${bad}]`,
  `[${bad}][${lowerAccented}${upperAccented}${box}${startPunctuation}${endPunctuation}${currency}${numeric}${law}]`,
  `[${lowerAccented}${lowerCommon}${box}${endPunctuation}${currency}${numeric}][${upperAccented}]`,
  `[${box}${endPunctuation}${currency}${numeric}][${lowerAccented}]`,
  `[${lowerAccented}${box}${endPunctuation}][${currency}]`,
  `[${pythonSpace}][${upperAccented}][${currency}]`,
  `[${upperAccented}${box}][${numeric}${law}]`,
  `[${lowerAccented}${upperAccented}${box}${currency}${endPunctuation}][${startPunctuation}][${numeric}]`,
  `[${lowerAccented}${upperAccented}${currency}${numeric}${box}${law}][${endPunctuation}][${startPunctuation}]`,
  `[${currency}${numeric}${box}][${startPunctuation}]`,
  `[a-z][${upperAccented}][${startPunctuation}${currency}]`,
  `[${box}][${kaomoji}]`,
  `[${lowerAccented}${upperAccented}${currency}${numeric}${startPunctuation}${endPunctuation}${law}][${box}]`,
  `[${box}][${endPunctuation}]`,
  `[${lowerAccented}${upperAccented}][${startPunctuation}${endPunctuation}][\\p{L}\\p{N}_]`,
  '[Œœ][^A-Za-z]',
  `[${upperAccented}]°`,
  `[ÂÃÎÐ][€œŠš¢£Ÿž\\xa0\\xad®©°·»${startPunctuation}${endPunctuation}–—´]`,
  '×[²³]',
  `[ØÙ][${common}${currency}${bad}${numeric}${startPunctuation}ŸŠ®°µ»][ØÙ][${common}${currency}${bad}${numeric}${startPunctuation}ŸŠ®°µ»]`,
  'à[²µ¹¼½¾]',
  '√[±∂†≠®™´≤≥¥µø]',
  '≈[°¢]',
  '‚Ä[ìîïòôúùû†°¢π]',
  '‚[âó][àä°ê]',
  'вЂ',
  `[ВГРС][${c1}${bad}${startPunctuation}${endPunctuation}${currency}°µ][ВГРС]`,
  'ГўВЂВ[^\\n][A-Za-z ]',
  'Ã[\\xa0¡]',
  `[a-z][${pythonSpace}]?[ÃÂ][ ]`,
  '^[ÃÂ][ ]',
  `[a-z.,?!${endPunctuation}]Â[ ${startPunctuation}${endPunctuation}]`,
  'β€[™\\xa0Ά\\xad®°]',
  `[ΒΓΞΟ][${c1}${bad}${startPunctuation}${endPunctuation}${currency}°][ΒΓΞΟ]`,
  'ā€',
]

export const badText = new RegExp(signs.join('|'), 'u')

const utf8FirstOf2 =
  'ĂÂÄĀÅÃÆĆČÇĎĐÉĚÊËĖÈĒĘÐĞĢÍÎÏİÌĪĶĹĻŁŃŇŅÑÓÔÖŐÒŌØÕŘŚŠŞŢÞÚÛÜŰÙŪŲŮÝŹŽŻß×ΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡΣΤΥΦΧΨΩΪΫάέήίВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯ'
const utf8FirstOf3 = 'áăâäàāąåãæćčçďéěêëėèēęęģíîïìīįķĺļŕźΰαβγδεζηθικλμνξοабвгдежзийклмноп'
const utf8FirstOf4 = 'đðğóšπσру'
const utf8Continuation = '\x80-¿ ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ–—―‘’‚“”„†‡•…‰‹›€№™'
const utf8ContinuationStrict = '\x80-¿ĄÆĽŁØŖŚŠŞŤŸŹŽŻŒąæƒľłøŗśšşťźžżœˆˇ˘˛˜˝΄΅ΆΈΉΊΌΎΏЁЂЃЄЅІЇЈЉЊЋЌЎЏёђѓєѕіїјљњћќўџҐґ†‡‰‹›€№™'

/** Characters that UTF-8 read as another encoding is made of: first and further bytes of a character. */
export const readAsOther = new RegExp(
  `(?<![${utf8ContinuationStrict}])(?:[${utf8FirstOf2}][${utf8Continuation}]|[${utf8FirstOf3}][${utf8Continuation}]{2}|[${utf8FirstOf4}][${utf8Continuation}]{3})+`,
  'gu',
)

const c1Controls = String.fromCharCode(...Array.from({ length: 32 }, (_, i) => 0x80 + i))

/**
 * Characters from byte 80 on. "Sloppy" encodings have a character for every byte, the control character where the standard has none, and write
 * U+FFFD for byte 1A.
 */
const tables = {
  'sloppy-windows-1252':
    '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8dŽ\x8f\x90‘’“”•–—˜™š›œ\x9džŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏÐÑÒÓÔÕÖ×ØÙÚÛÜÝÞßàáâãäåæçèéêëìíîïðñòóôõö÷øùúûüýþÿ',
  'sloppy-windows-1251':
    'ЂЃ‚ѓ„…†‡€‰Љ‹ЊЌЋЏђ‘’“”•–—\x98™љ›њќћџ\xa0ЎўЈ¤Ґ¦§Ё©Є«¬\xad®Ї°±Ііґµ¶·ё№є»јЅѕїАБВГДЕЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯабвгдежзийклмнопрстуфхцчшщъыьэюя',
  'sloppy-windows-1250':
    '€\x81‚\x83„…†‡\x88‰Š‹ŚŤŽŹ\x90‘’“”•–—\x98™š›śťžź\xa0ˇ˘Ł¤Ą¦§¨©Ş«¬\xad®Ż°±˛ł´µ¶·¸ąş»Ľ˝ľżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙',
  'sloppy-windows-1253':
    '€\x81‚ƒ„…†‡\x88‰\x8a‹\x8c\x8d\x8e\x8f\x90‘’“”•–—\x98™\x9a›\x9c\x9d\x9e\x9f\xa0΅Ά£¤¥¦§¨©ª«¬\xad®―°±²³΄µ¶·ΈΉΊ»Ό½ΎΏΐΑΒΓΔΕΖΗΘΙΚΛΜΝΞΟΠΡÒΣΤΥΦΧΨΩΪΫάέήίΰαβγδεζηθικλμνξοπρςστυφχψωϊϋόύώÿ',
  'sloppy-windows-1254':
    '€\x81‚ƒ„…†‡ˆ‰Š‹Œ\x8d\x8e\x8f\x90‘’“”•–—˜™š›œ\x9d\x9eŸ\xa0¡¢£¤¥¦§¨©ª«¬\xad®¯°±²³´µ¶·¸¹º»¼½¾¿ÀÁÂÃÄÅÆÇÈÉÊËÌÍÎÏĞÑÒÓÔÕÖ×ØÙÚÛÜİŞßàáâãäåæçèéêëìíîïğñòóôõö÷øùúûüışÿ',
  'sloppy-windows-1257':
    '€\x81‚\x83„…†‡\x88‰\x8a‹\x8c¨ˇ¸\x90‘’“”•–—\x98™\x9a›\x9c¯˛\x9f\xa0¡¢£¤¥¦§Ø©Ŗ«¬\xad®Æ°±²³´µ¶·ø¹ŗ»¼½¾æĄĮĀĆÄÅĘĒČÉŹĖĢĶĪĻŠŃŅÓŌÕÖ×ŲŁŚŪÜŻŽßąįāćäåęēčéźėģķīļšńņóōõö÷ųłśūüżž˙',
  'iso-8859-2': `${c1Controls}\xa0Ą˘Ł¤ĽŚ§¨ŠŞŤŹ\xadŽŻ°ą˛ł´ľśˇ¸šşťź˝žżŔÁÂĂÄĹĆÇČÉĘËĚÍÎĎĐŃŇÓÔŐÖ×ŘŮÚŰÜÝŢßŕáâăäĺćçčéęëěíîďđńňóôőö÷řůúűüýţ˙`,
  macroman:
    'ÄÅÇÉÑÖÜáàâäãåçéèêëíìîïñóòôöõúùûü†°¢£§•¶ß®©™´¨≠ÆØ∞±≤≥¥µ∂∑∏π∫ªºΩæø¿¡¬√ƒ≈∆«»…\xa0ÀÃÕŒœ–—“”‘’÷◊ÿŸ⁄€‹›ﬁﬂ‡·‚„‰ÂÊÁËÈÍÎÏÌÓÔ\uf8ffÒÚÛÙıˆ˜¯˘˙˚¸˝˛ˇ',
  cp437:
    'ÇüéâäàåçêëèïîìÄÅÉæÆôöòûùÿÖÜ¢£¥₧ƒáíóúñÑªº¿⌐¬½¼¡«»░▒▓│┤╡╢╖╕╣║╗╝╜╛┐└┴┬├─┼╞╟╚╔╩╦╠═╬╧╨╤╥╙╘╒╓╫╪┘┌█▄▌▐▀αßΓπΣσµτΦΘΩδ∞φε∩≡±≥≤⌠⌡÷≈°∙·√ⁿ²■\xa0',
}

export interface SingleByteEncoding {
  name: 'latin-1' | keyof typeof tables
  isSloppy: boolean
  /** By UTF-16 unit: its byte, or -1. */
  bytes: Int16Array
}

/** In the order in which they are tried. */
export const singleByteEncodings: SingleByteEncoding[] = [
  encodingOf('latin-1', String.fromCharCode(...Array.from({ length: 128 }, (_, i) => 0x80 + i))),
  ...Object.entries(tables).map(([name, table]) => encodingOf(name as keyof typeof tables, table)),
]

function encodingOf(name: SingleByteEncoding['name'], table: string): SingleByteEncoding {
  const isSloppy = name.startsWith('sloppy')
  const bytes = new Int16Array(0x10000).fill(-1)
  for (let byte = 0; byte < 128; byte++) {
    bytes[byte] = byte
    bytes[table.charCodeAt(byte)] = 128 + byte
  }
  if (isSloppy) {
    bytes[0x1a] = -1
    bytes[0xfffd] = 0x1a
  }
  return { name, isSloppy, bytes }
}

/** What bytes 80 to 9F are in Windows-1252. */
export const windows1252Controls = tables['sloppy-windows-1252'].slice(0, 32)
