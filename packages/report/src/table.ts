import { html, type Html } from './html.js'

/** A table with a caption, in a box of its own that scrolls where the table is wider than the page. */
export function table(id: string, caption: Html, head: Html, bodies: readonly Html[], kind = 'plain'): Html {
  return html`<div class="scroll" role="region" aria-labelledby="${id}" tabindex="0"><table class="${kind}">
<caption id="${id}"><span>${caption}</span></caption>
<thead>${head}</thead>
${bodies}
</table></div>`
}
