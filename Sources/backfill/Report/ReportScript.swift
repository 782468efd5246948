/// What the page does beyond what HTML does by itself: what a chunk's title says is shown below the picture, for the
/// pointer and for the keys, and on paper messages are there whole. Without it titles are shown by the browser, and chunks
/// stand in tables.
enum ReportScript {
  /// Has neither "<" nor "&", so that HTML and XML read it in the same way.
  static let text: StaticString = """
    addEventListener('beforeprint', () => {
      for (const message of document.querySelectorAll('details.message')) message.open = true;
    });
    for (const svg of document.querySelectorAll('svg[data-chunks]')) {
      const chunks = Array.from(svg.querySelectorAll('path')).filter(path => path.firstElementChild);
      const output = svg.closest('figure').querySelector('output');
      if (output == null) continue;
      const hint = output.textContent;
      let current = null;
      const show = path => {
        if (current) current.classList.remove('at');
        current = path;
        if (path) path.classList.add('at');
        output.textContent = path ? path.firstElementChild.textContent.replaceAll('\\n', '; ') : hint;
      };
      svg.setAttribute('tabindex', '0');
      svg.addEventListener('pointerover', event => { if (chunks.includes(event.target)) show(event.target); });
      svg.addEventListener('focus', () => { if (current == null) show(chunks[0]); });
      svg.addEventListener('keydown', event => {
        const at = chunks.indexOf(current), last = chunks.length - 1;
        const to = { ArrowRight: Math.min(at + 1, last), ArrowLeft: Math.max(at - 1, 0), Home: 0, End: last,
          PageDown: Math.min(at + 20, last), PageUp: Math.max(at - 20, 0) }[event.key];
        if (event.key === 'Escape') { show(null); return; }
        if (to === undefined) return;
        event.preventDefault();
        show(chunks[to]);
      });
    }
    """
}
