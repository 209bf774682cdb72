// The settings of the docs site. It loads nothing from elsewhere: fonts, search and all else are files of its own.
import { slug } from './pages.mjs'

export function configOf(sidebar) {
  return {
    title: 'Touchstone',
    description: 'Which explanation of your neural network can you trust?',
    lang: 'en-GB',
    head: [['link', { rel: 'icon', href: `data:image/svg+xml,${encodeURIComponent('<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 32 32"><rect width="32" height="32" rx="6" fill="#2b3a55"/><path d="M7 9h18v4h-7v12h-4V13H7z" fill="#f4b860"/></svg>')}` }]],
    // Anchors as on GitHub; HTML in a page is text, as in `touchstone run <config>`.
    markdown: { html: false, config: withoutVue, anchor: { slugify: slug }, toc: { slugify: slug }, headers: { slugify: slug }, theme: { light: 'github-light-high-contrast', dark: 'github-dark-high-contrast' } },
    vite: { build: { chunkSizeWarningLimit: 4000 }, logLevel: 'error' },
    metaChunk: true,
    router: { prefetchLinks: false },
    themeConfig: {
      // Pages for people before those for code.
      search: { provider: 'local', options: { miniSearch: { searchOptions: { boostDocument: (id) => (/^\/(api|source)\//.test(id) ? 0.2 : 1) } } } },
      sidebar,
      nav: [
        { text: 'First evaluation', link: '/first-evaluation' },
        { text: 'Methods', link: '/reference/methods' },
        { text: 'Metrics', link: '/reference/metrics' },
        { text: 'Write a plugin', link: '/write-a-plugin' },
      ],
      outline: { level: [2, 3] },
      docFooter: { prev: false, next: false },
      footer: { message: 'Apache-2.0' },
    },
  }
}

/** Pages are text: braces in them are no expressions of Vue. */
function withoutVue(markdown) {
  const { text, code_inline: code } = markdown.renderer.rules
  const plain = (rule) => (...args) => rule(...args).replaceAll('{{', '&#123;&#123;')
  markdown.renderer.rules.text = plain(text)
  markdown.renderer.rules.code_inline = plain(code)
}
