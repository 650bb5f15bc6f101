/** An editor to change into the one that is wanted. */
export const editorTemplate = (imports: string, source: string): string => `${imports}

export default editor({
  summary: 'remove white space at the ends of lines',
  why: 'Equal lines that differ in white space become equal.',
  source: '${source}',
  edit() {
    const lines = linesBy('newline')
    return (doc) =>
      doc
        .view(lines)
        .map((line) => line.trimEnd())
        .join('\\n')
  },
  examples: [
    { text: 'one  \\ntwo\\t\\n', becomes: 'one\\ntwo\\n' },
    { text: '', becomes: '' },
  ],
})
`
