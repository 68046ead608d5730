import mdx from '@astrojs/mdx';
import { defineConfig } from 'astro/config';

export default defineConfig({
  site: 'https://kites.example.org',
  base: '/field',
  integrations: [mdx()],
});
