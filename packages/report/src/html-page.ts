import { digest } from '@touchstone/core'
import { palette } from './colours.js'
import { html, trusted, type Html } from './html.js'
import { pageScript } from './page-script.js'
import { style } from './style.js'

const script = `(${pageScript.toString()})()`

/** A whole page from its parts: style and script are in it, and it may load nothing. */
export async function htmlPage(title: string, body: Html): Promise<string> {
  const hash = btoa(String.fromCharCode(...(await digest(new TextEncoder().encode(script)))))
  return html`<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; img-src data:; style-src 'unsafe-inline'; script-src 'sha256-${trusted(hash)}'">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<link rel="icon" href="data:,">
<title>${title} · Touchstone</title>
<style>${trusted(style)}</style>
</head>
<body data-palette="${palette.map((colour) => colour.join(',')).join(' ')}">
${body}
<script>${trusted(script)}</script>
</body>
</html>
`.text
}
