import { feedPlugin } from "@11ty/eleventy-plugin-rss";
import yaml from "js-yaml";

export default function (eleventyConfig) {
  eleventyConfig.addDataExtension("yaml, yml", (contents) => yaml.load(contents));

  // Drafts are for the desk and never for the site.
  eleventyConfig.addPreprocessor("drafts", "*", (data) => {
    if (data.draft) {
      return false;
    }
  });

  eleventyConfig.addPassthroughCopy("content/images");
  eleventyConfig.addShortcode("tide", (hours) => `<em>${hours} hours after high water</em>`);

  eleventyConfig.addPlugin(feedPlugin, {
    type: "atom", // or "rss", "json"
    outputPath: "/feed.xml",
    collection: {
      name: "posts", // the tag of articles
      limit: 0,
    },
    metadata: {
      language: "en",
      title: "Tidemill Notebook",
      subtitle: "What a workshop in an old mill mends, and what it learns.",
      base: "https://tidemill.example.org/",
      author: {
        name: "The Tidemill Workshop",
      },
    },
  });
}

export const config = {
  dir: {
    input: "content",
    includes: "../_includes",
    data: "../_data",
    output: "_site",
  },
};
