/* Judges a letter in the window that it runs in. Gives {faults: [[rule, where, how], ...], texts,
   links, images}: what is wrong, and how much was looked at.

   `stripped`: the page has lost all its styles, so that sizes of targets, whole words and
   measures that only styles can keep are not asked for. `withImages`: those are shown. */
({ stripped, withImages }) => {
  const CONTRAST = 4.5, CONTRAST_LARGE = 3, LARGE = 24, LARGE_BOLD = 18.66; // WCAG 2.2, 1.4.3
  const TARGET = 44;   // WCAG 2.2, 2.5.5, with its exception of an equivalent
  const BAND = 100;    // pixels without anything: less than four lines of text
  const SLACK = 1;     // pixels by which boxes are rounded
  const faults = [];

  // ---- what is seen -------------------------------------------------------------------------

  const FILLERS = /[\s\u2007\u034f]+/g; // what keeps the rest of a letter out of a preheader
  const shown = element => element.checkVisibility({ opacityProperty: true, visibilityProperty: true });
  const name = element => {
    const kind = element.getAttribute("class");
    return `<${element.localName}${kind ? ` class="${kind}"` : ""}> ${said(element)}`;
  };
  const said = element =>
    (element.textContent || element.getAttribute("alt") || "").replace(FILLERS, " ").trim().slice(0, 60);
  const report = (rule, element, how) => faults.push([rule, name(element), how]);
  const css = element => getComputedStyle(element);
  const blockOf = element => {
    while (css(element).display === "inline" || css(element).display === "contents") element = element.parentElement;
    return element;
  };

  function textsOf(root) {
    const found = [];
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode, element = node.parentElement;
      if (!node.data.replace(FILLERS, "") || !shown(element)) continue;
      const range = document.createRange();
      range.selectNodeContents(node);
      const lines = [...range.getClientRects()].filter(r => r.width > 0.5 && r.height > 0);
      if (lines.length) found.push({ node, element, block: blockOf(element), lines, text: node.data });
    }
    return found;
  }

  const isShut = image => image.complete && !image.naturalWidth;
  const texts = textsOf(document.body);
  const images = [...document.images].filter(shown);
  const links = [...document.querySelectorAll("a[href]")].filter(shown);

  // ---- overflow -----------------------------------------------------------------------------

  const scrolls = element => /auto|scroll/.test(css(element).overflowX);
  const inScroller = element => {
    for (let up = element; up && up !== document.body; up = up.parentElement) if (scrolls(up)) return true;
    return false;
  };

  function judgeOverflow() {
    const width = document.documentElement.scrollWidth;
    if (width > innerWidth) {
      const wide = [...document.body.querySelectorAll("*")].filter(shown).filter(e => {
        const box = e.getBoundingClientRect();
        return (box.right > innerWidth + SLACK || box.left < -SLACK) && !inScroller(e);
      });
      report("overflow", wide.at(-1) || document.body, `the page is ${width} wide in ${innerWidth}`);
    }
    for (const { element, block, lines } of texts) {
      const cell = element.closest("td, th") || block;
      const box = cell.getBoundingClientRect();
      const over = Math.max(...lines.map(r => Math.max(r.right - box.right, box.left - r.left)));
      if (over > SLACK) report("overflow", element, `text leaves its cell by ${Math.round(over)}`);
    }
    for (const image of images) {
      const box = image.getBoundingClientRect(), cell = image.closest("td, th");
      if (!cell || inScroller(image)) continue;
      const over = box.right - cell.getBoundingClientRect().right;
      if (over > SLACK) report("overflow", image, `an image leaves its cell by ${Math.round(over)}`);
    }
    for (const element of document.body.querySelectorAll("*")) {
      const style = css(element);
      if (!shown(element) || !/hidden|clip/.test(style.overflow) || element.localName === "img") continue;
      if (element.scrollWidth > element.clientWidth + SLACK || element.scrollHeight > element.clientHeight + SLACK)
        report("overflow", element, "its text is cut off");
    }
  }

  // Nothing but a style can narrow these; without styles they show what else is too wide.
  function takeAwayWhatHasItsOwnWidth() {
    for (const image of images) image.remove();
    for (const element of document.querySelectorAll("pre, [tabindex='0'] > table")) element.remove();
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const node = walker.currentNode;
      node.data = node.data.replace(/\S{25,}/g, word => [...word].slice(0, 8).join(""));
    }
  }

  // ---- words that are broken ----------------------------------------------------------------

  const SHORT = /(?<![\p{L}\p{N}])[\p{Script=Latin}\p{Script=Hangul}\p{Script=Arabic}]{2,12}(?![\p{L}\p{N}])/gu;

  function judgeWords() {
    for (const { node, element, lines } of texts) {
      if (lines.length < 2 || element.closest("pre, code")) continue;
      for (const { 0: word, index } of node.data.matchAll(SHORT)) {
        const range = document.createRange();
        range.setStart(node, index);
        range.setEnd(node, index + word.length);
        const [first, ...others] = [...range.getClientRects()].filter(r => r.width > 0.5);
        if (others.some(r => r.top > first.bottom - SLACK)) report("word", element, `"${word}" is broken`);
      }
    }
  }

  // ---- overlap ------------------------------------------------------------------------------

  // The part of a line that letters fill: fonts claim more height than lines are apart.
  const inked = (line, size) => {
    const middle = (line.top + line.bottom) / 2, half = Math.min(size * 0.4, line.height / 2);
    return { left: line.left + SLACK, right: line.right - SLACK, top: middle - half, bottom: middle + half };
  };

  function judgeOverlap() {
    const boxes = texts.flatMap(({ element, lines }) => {
      const size = parseFloat(css(element).fontSize);
      return lines.map(line => ({ element, ...inked(line, size) }));
    });
    for (const image of images) {
      const box = image.getBoundingClientRect();
      if (box.width > 2 && box.height > 2)
        boxes.push({ element: image, left: box.left + SLACK, right: box.right - SLACK, top: box.top + SLACK, bottom: box.bottom - SLACK });
    }
    boxes.sort((one, other) => one.top - other.top);
    boxes.forEach((one, number) => {
      for (let next = number + 1; next < boxes.length && boxes[next].top < one.bottom; next++) {
        const other = boxes[next];
        if (other.left < one.right && one.left < other.right)
          return report("overlap", one.element, `lies upon ${name(other.element)}`);
      }
    });
  }

  // ---- contrast -----------------------------------------------------------------------------

  const colour = text => {
    const [red, green, blue, alpha = 1] = text.match(/[\d.]+/g).map(Number);
    return { rgb: [red, green, blue], alpha };
  };
  const over = (top, alpha, under) => top.map((part, n) => part * alpha + under[n] * (1 - alpha));
  const luminance = rgb => {
    const [r, g, b] = rgb.map(part => (part /= 255) <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4);
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [bright, dark] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (bright + 0.05) / (dark + 0.05);
  };
  const CANVAS = matchMedia("(prefers-color-scheme: dark)").matches ? [18, 18, 18] : [255, 255, 255];

  function groundOf(element) {
    const layers = [];
    for (let up = element; up; up = up.parentElement) {
      const style = css(up);
      if (style.backgroundImage !== "none") report("contrast", up, "a background image, on which no text can be judged");
      layers.push(colour(style.backgroundColor));
    }
    return layers.reverse().reduce((under, { rgb, alpha }) => over(rgb, alpha, under), CANVAS);
  }

  function judgeContrast() {
    const shut = images.filter(image => isShut(image) && image.alt).map(element => ({ element }));
    for (const { element } of [...texts, ...shut]) {
      const style = css(element), ground = groundOf(element);
      const ink = colour(style.color);
      const size = parseFloat(style.fontSize), bold = Number(style.fontWeight) >= 700;
      const least = size >= LARGE || (bold && size >= LARGE_BOLD) ? CONTRAST_LARGE : CONTRAST;
      const found = contrast(over(ink.rgb, ink.alpha, ground), ground);
      if (found < least) report("contrast", element, `${found.toFixed(2)}, and ${least} is the least`);
    }
  }

  // ---- order --------------------------------------------------------------------------------

  const lineOf = (lines, line) => {
    const middle = (line.top + line.bottom) / 2;
    const same = lines.filter(r => r.top < middle && middle < r.bottom);
    return {
      left: Math.min(...same.map(r => r.left)), right: Math.max(...same.map(r => r.right)),
      top: Math.min(...same.map(r => r.top)), bottom: Math.max(...same.map(r => r.bottom)),
    };
  };

  // What belongs to one block and is read at once: its own text up to the next block, or an image.
  function runs() {
    const found = [];
    const pieces = [...texts, ...images.filter(i => i.getBoundingClientRect().height > 2).map(element => ({
      node: element, element, block: element, lines: [element.getBoundingClientRect()],
    }))];
    pieces.sort((one, other) =>
      one.node.compareDocumentPosition(other.node) & Node.DOCUMENT_POSITION_FOLLOWING ? -1 : 1);
    for (const { element, block, lines } of pieces) {
      const last = found.at(-1);
      if (last && last.block === block) last.lines.push(...lines);
      else found.push({ element, block, lines: [...lines] });
    }
    return found;
  }

  const common = (one, other) => {
    while (!one.contains(other)) one = one.parentElement;
    return one;
  };
  const cellIn = (row, element) => [...row.children].find(child => child.contains(element));

  function judgeOrder() {
    const every = runs();
    for (let number = 1; number < every.length; number++) {
      const one = every[number - 1], other = every[number];
      const around = common(one.block, other.block);
      const leftwards = css(around).direction === "rtl";
      let before, after;
      if (around.localName === "tr") {
        before = cellIn(around, one.block).getBoundingClientRect();
        after = cellIn(around, other.block).getBoundingClientRect();
      } else {
        before = lineOf(one.lines, one.lines.at(-1));
        after = lineOf(other.lines, other.lines[0]);
        const middle = (after.top + after.bottom) / 2;
        if (middle > before.bottom - SLACK) continue; // below
        if (middle < before.top) {
          report("order", other.element, `stands above ${name(one.element)}, which is read before it`);
          continue;
        }
      }
      const wrong = leftwards ? after.right > before.left + 2 * SLACK : after.left < before.right - 2 * SLACK;
      if (wrong) report("order", other.element, `stands beside ${name(one.element)} on the wrong side`);
    }
  }

  // ---- targets ------------------------------------------------------------------------------

  function judgeTargets() {
    const highest = new Map();
    for (const link of links) {
      if (link.closest(".body")) continue; // in running text
      const height = link.getBoundingClientRect().height;
      const known = highest.get(link.href);
      if (!known || known.height < height) highest.set(link.href, { height, link });
    }
    for (const { height, link } of highest.values())
      if (height < TARGET - 0.5) report("target", link, `${height.toFixed(1)} high`);
  }

  // ---- leftovers ----------------------------------------------------------------------------

  const LEFT = /__[A-Z]+__|unsubscribe\.invalid|\bNone\b|\bundefined\b|\bNaN\b|\{\{|\{%|\}\}|%\(\w+\)s|(^|\s)#{2,6}\s/;

  function judgeLeftovers() {
    for (const { element, text } of texts)
      if (!element.closest("pre, code") && LEFT.test(text)) report("leftover", element, text.match(LEFT)[0]);
    for (const element of document.querySelectorAll("*"))
      for (const attribute of ["alt", "aria-label", "title", "href", "src", "lang"]) {
        const value = element.getAttribute(attribute);
        if (value && LEFT.test(value)) report("leftover", element, `${attribute}="${value.slice(0, 60)}"`);
      }
  }

  // ---- bands --------------------------------------------------------------------------------

  function judgeBands() {
    const paper = groundOf(document.body).join();
    const spans = texts.flatMap(({ lines }) => lines.map(r => [r.top, r.bottom]));
    for (const element of document.body.querySelectorAll("*")) {
      if (!shown(element)) continue;
      const box = element.getBoundingClientRect(), style = css(element);
      if (element.localName === "img") {
        if (!isShut(element) || element.alt) spans.push([box.top, box.bottom]);
        continue;
      }
      if (groundOf(element).join() !== paper && box.height > 0) spans.push([box.top, box.bottom]);
      if (style.borderTopStyle !== "none" && parseFloat(style.borderTopWidth)) spans.push([box.top, box.top + 1]);
      if (style.borderBottomStyle !== "none" && parseFloat(style.borderBottomWidth)) spans.push([box.bottom - 1, box.bottom]);
    }
    spans.sort((one, other) => one[0] - other[0]);
    let end = -scrollY;
    for (const [top, bottom] of [...spans, [document.documentElement.getBoundingClientRect().bottom, Infinity]]) {
      if (top - end > BAND) {
        const below = document.elementFromPoint(innerWidth / 2, Math.min(top + 2, innerHeight - 1));
        report("band", texts.find(({ lines }) => lines[0].top >= top)?.element || below || document.body,
          `${Math.round(top - end)} pixels above it are empty`);
      }
      end = Math.max(end, bottom);
    }
  }

  // ---- images -------------------------------------------------------------------------------

  function judgeImages() {
    const seen = new Map();
    for (const image of images) {
      if (withImages && isShut(image)) report("image", image, `${image.src} is not shown`);
      const place = image.closest(".article") || document.body;
      const others = seen.get(place) || seen.set(place, new Set()).get(place);
      if (others.has(image.src)) report("image", image, "is there twice");
      others.add(image.src);
    }
  }

  judgeOverlap();
  judgeContrast();
  judgeOrder();
  judgeLeftovers();
  judgeBands();
  if (!stripped) {
    judgeTargets();
    judgeImages();
    judgeWords();
  }
  const judged = { faults, texts: texts.length, links: links.length, images: images.length };
  if (stripped) {
    takeAwayWhatHasItsOwnWidth();
    texts.splice(0, texts.length, ...textsOf(document.body));
    images.length = 0;
  }
  judgeOverflow();
  return judged;
}
