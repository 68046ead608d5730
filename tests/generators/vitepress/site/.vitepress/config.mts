import { defineConfig } from 'vitepress'

export default defineConfig({
  title: 'Bee Yard',
  description: 'Notes from twelve hives',
  lang: 'en-GB',
  base: '/yard/',
  srcDir: './pages',
  cleanUrls: true,
  sitemap: { hostname: 'https://bees.example.org/yard/' },
})
