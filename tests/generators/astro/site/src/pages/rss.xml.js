import rss from '@astrojs/rss';
import { getCollection } from 'astro:content';
import { SITE_DESCRIPTION, SITE_TITLE } from '../consts';

export async function GET(context) {
  const posts = await getCollection('blog', ({ data }) => !data.draft);
  posts.sort((one, other) => other.data.pubDate.valueOf() - one.data.pubDate.valueOf());
  return rss({
    title: SITE_TITLE,
    description: SITE_DESCRIPTION,
    site: `${context.site}field`,
    items: posts.map((post) => ({
      ...post.data,
      categories: post.data.tags,
      link: `/field/blog/${post.id}/`,
    })),
  });
}
