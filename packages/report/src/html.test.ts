import { expect, test } from 'vitest'
import { html, trusted } from './html.js'

test('values are escaped, markup is not, lists are joined and undefined is nothing', () => {
  const name = `<script>alert("it's & more")</script>`
  expect(html`<b title="${name}">${[html`<i>${1}</i>`, name]}${undefined}</b>`.text).toBe(
    '<b title="&lt;script&gt;alert(&quot;it&#39;s &amp; more&quot;)&lt;/script&gt;"><i>1</i>&lt;script&gt;alert(&quot;it&#39;s &amp; more&quot;)&lt;/script&gt;</b>',
  )
  expect(html`${trusted('a > b')}`.text).toBe('a > b')
})
