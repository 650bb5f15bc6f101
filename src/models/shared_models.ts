import { isFastText, letGoOfFastText, shareFastText } from './fasttext/fasttext.ts'
import { isArpa, isKenLMBinary, letGoOfArpa, shareArpa } from './kenlm/file.ts'
import { letGoOf, readStart, shareFile } from './shared_file.ts'

/**
 * Read the language models and classifiers among these files, which may be gigabytes each, once for all threads that are started from now on;
 * other files are left alone. Returns what lets them go.
 */
export async function shareModels(paths: readonly string[]): Promise<() => void> {
  const shared: (() => void)[] = []
  for (const path of new Set(paths)) {
    if (isKenLMBinary(path)) {
      shareFile(path)
      shared.push(() => letGoOf(path))
    } else if (isFastText(readStart(path, 8))) {
      shareFastText(path)
      shared.push(() => letGoOfFastText(path))
    } else if (isArpa(path)) {
      await shareArpa(path)
      shared.push(() => letGoOfArpa(path))
    }
  }
  return () => {
    for (const letGo of shared) letGo()
  }
}
