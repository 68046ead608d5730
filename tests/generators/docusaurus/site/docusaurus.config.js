// The settings of a small harbour's site.
/** @type {import('@docusaurus/types').Config} */
const config = {
  title: 'Harbour Notes', // the site, not its blog
  tagline: 'Tides and timetables',
  url: 'https://harbour.example.org',
  baseUrl: '/notes/',
  onBrokenLinks: 'throw',
  i18n: { defaultLocale: 'en', locales: ['en'] },
  presets: [
    [
      'classic',
      /** @type {import('@docusaurus/preset-classic').Options} */
      ({
        docs: false,
        blog: {
          blogTitle: 'Harbour Log',
          blogDescription: 'What the harbour master wrote down',
          path: 'log',
          routeBasePath: 'log',
          feedOptions: { type: 'all', limit: 30 },
          onInlineTags: 'ignore',
          onInlineAuthors: 'ignore',
          onUntruncatedBlogPosts: 'ignore',
        },
      }),
    ],
  ],
};

export default config;
