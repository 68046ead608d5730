// What all letters have in common.
export default {
  tags: ["letters"],
  eleventyComputed: {
    permalink: "/letters/{{ page.date | date: '%Y' }}/{{ page.fileSlug }}/",
  },
};
