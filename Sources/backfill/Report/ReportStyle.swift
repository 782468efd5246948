/// How the page looks: in light and dark, on a narrow window, and on paper. States differ by lightness and pattern, not
/// only by hue.
enum ReportStyle {
  static let text: StaticString = """
    :root{color-scheme:light dark;--bg:#fbfaf8;--card:#fff;--ink:#1d2327;--soft:#59636b;--line:#dedad3;--hair:#ece9e3;\
    --pending:#eeebe5;--pending-edge:#b9b3a7;--copied:#93bfe6;--verified:#1c5fa3;--failed:#cf4a09;--failed-2:#8f2f00;\
    --differing:#f2b416;--differing-2:#8a5f00;--accent:#1c5fa3;--surface:#93bfe6;--code:#f3f1ec;--focus:#0b57d0}
    @media (prefers-color-scheme:dark){:root{--bg:#14181b;--card:#1b2024;--ink:#e7e9ea;--soft:#a3adb4;--line:#363e44;\
    --hair:#2a3136;--pending:#262c31;--pending-edge:#59646c;--copied:#2f6494;--verified:#7db9f0;--failed:#ff8a4c;\
    --failed-2:#6b2400;--differing:#ffd257;--differing-2:#6d4c00;--accent:#8cc2f5;--surface:#2f6494;--code:#22282d;\
    --focus:#9ecbff}}
    *{box-sizing:border-box}
    body{margin:0;background:var(--bg);color:var(--ink);font:15px/1.5 system-ui,-apple-system,"Segoe UI",Roboto,\
    "Noto Sans",sans-serif;-webkit-text-size-adjust:100%}
    main,header,footer{max-width:70rem;margin:0 auto;padding:0 1.5rem}
    header{padding-top:2.5rem}
    footer{padding-top:1.5rem;padding-bottom:3rem;color:var(--soft);font-size:.85rem}
    h1{font-size:1.75rem;line-height:1.2;letter-spacing:-.015em;font-weight:650;margin:0 0 .25rem;overflow-wrap:anywhere}
    h2{font-size:1.2rem;letter-spacing:-.005em;font-weight:650;margin:3rem 0 .5rem}
    h3{font-size:1rem;font-weight:650;margin:1.75rem 0 .25rem;overflow-wrap:anywhere}
    p{margin:.25rem 0 .75rem;max-width:46rem}
    .soft{color:var(--soft)}
    .note{color:var(--soft);font-size:.87rem}
    code,pre{font:.87em/1.5 ui-monospace,SFMono-Regular,Menlo,Consolas,"DejaVu Sans Mono",monospace}
    code{overflow-wrap:anywhere}
    pre{margin:.35rem 0;padding:.6rem .75rem;background:var(--code);border-radius:6px;white-space:pre-wrap;\
    overflow-wrap:anywhere}
    .verdict{display:flex;gap:.75rem;align-items:baseline;margin:1.5rem 0 1.25rem;padding:.8rem 1rem;background:var(--card);\
    border:1px solid var(--line);border-left:5px solid var(--pending-edge);border-radius:8px;font-size:1.05rem}
    .verdict strong{font-weight:650}
    .verdict.good{border-left-color:var(--verified)}
    .verdict.bad{border-left-color:var(--failed)}
    .verdict.wary{border-left-color:var(--differing)}
    dl.facts{display:grid;grid-template-columns:repeat(auto-fill,minmax(13rem,1fr));gap:1rem 1.75rem;margin:1.25rem 0 0}
    dl.facts div{min-width:0}
    dl.facts dt{color:var(--soft);font-size:.82rem}
    dl.facts dd{margin:.1rem 0 0;overflow-wrap:anywhere;font-variant-numeric:tabular-nums}
    dl.facts dd small{display:block;color:var(--soft);font-size:.82rem}
    dl.facts .wide{grid-column:span 2}
    ul.legend{list-style:none;display:flex;flex-wrap:wrap;gap:.4rem 1.4rem;margin:.75rem 0 0;padding:0;font-size:.87rem;\
    font-variant-numeric:tabular-nums}
    ul.legend li{display:flex;gap:.45rem;align-items:center}
    ul.legend svg{width:14px;height:14px;flex:none}
    .scroll{overflow-x:auto;margin:.5rem 0 1rem}
    table{border-collapse:collapse;width:100%;font-size:.88rem;font-variant-numeric:tabular-nums}
    caption{text-align:left;color:var(--soft);padding-bottom:.35rem}
    th,td{text-align:left;vertical-align:top;padding:.42rem .9rem .42rem 0;border-bottom:1px solid var(--hair)}
    th:last-child,td:last-child{padding-right:0}
    thead th{color:var(--soft);font-weight:500;border-bottom-color:var(--line);white-space:nowrap}
    tbody th{font-weight:600}
    tbody th .note{font-weight:400;line-height:1.35}
    tbody th .note div{white-space:nowrap}
    td.number,th.number{text-align:right;white-space:nowrap}
    td.time{white-space:nowrap}
    td.name,th.name{overflow-wrap:anywhere;min-width:11rem}
    tfoot th,tfoot td{font-weight:600;border-bottom:0}
    .none{color:var(--soft)}
    svg.bar{display:block;width:100%;height:12px;border-radius:3px}
    figure{margin:.75rem 0 0}
    .axis{min-width:34rem;display:grid;grid-template-columns:max-content 1fr;column-gap:.75rem}
    .axis.plain{grid-template-columns:0 1fr;column-gap:0}
    .axis .labels{font-size:.75rem;color:var(--soft);font-variant-numeric:tabular-nums;text-align:right}
    .axis .labels span{display:block;white-space:nowrap}
    .axis svg{display:block;width:100%;overflow:visible}
    .axis svg:focus-visible,.scroll:focus-visible,summary:focus-visible,a:focus-visible{outline:2px solid var(--focus);\
    outline-offset:3px;border-radius:3px}
    .axis .ticks{position:relative;height:1.35rem;grid-column:2;font-size:.75rem;color:var(--soft);\
    font-variant-numeric:tabular-nums}
    .axis .ticks span{position:absolute;top:.15rem;white-space:nowrap}
    .axis .ticks span::before{content:"";position:absolute;left:0;top:-.15rem;height:.3rem;border-left:1px solid \
    var(--line)}
    .axis .ticks span.end{transform:translateX(-100%)}
    .axis .ticks span.end::before{left:100%}
    svg path{stroke:none;vector-effect:non-scaling-stroke}
    path.base{fill:none;stroke:var(--hair);stroke-width:1px}
    path.p{fill:var(--pending);stroke:var(--pending-edge);stroke-width:1px}
    svg.fine path.p{stroke:none;fill:var(--pending-edge)}
    path.c{fill:var(--copied)}
    path.v,svg[data-chunks] path:not([class]){fill:var(--verified)}
    path.f{fill:url(#failed)}
    path.d{fill:url(#differing)}
    .axis path:hover,.axis path.at{stroke:var(--ink);stroke-width:2px;opacity:1}
    #failed rect{fill:var(--failed)}#failed path{stroke:var(--failed-2);stroke-width:2px}
    #differing rect{fill:var(--differing)}#differing circle{fill:var(--differing-2)}
    path.surface{fill:var(--surface);stroke:none}
    path.worker{fill:var(--accent);stroke:none}
    path.grid{fill:none;stroke:var(--line);stroke-width:1px}
    output{display:block;min-height:1.5em;margin:.2rem 0 0;font-size:.84rem;color:var(--soft);white-space:pre-line;\
    overflow-wrap:anywhere}
    details{margin:.35rem 0}
    summary{cursor:pointer;color:var(--accent);font-size:.9rem}
    .state{white-space:nowrap}
    .open{font-weight:650}
    @media (max-width:40rem){main,header,footer{padding-left:1rem;padding-right:1rem}h1{font-size:1.4rem}\
    header{padding-top:1.5rem}dl.facts{grid-template-columns:repeat(auto-fill,minmax(9.5rem,1fr));gap:.8rem 1rem}\
    .verdict{font-size:1rem}table{min-width:40rem}.axis{min-width:0}.axis .ticks span:nth-child(even){display:none}}
    @media print{:root{font-size:8.5pt;--bg:#fff;--card:#fff;--ink:#000;--soft:#444}body{font-size:10pt}main,header,footer{max-width:none;\
    padding-left:0;padding-right:0}header{padding-top:0}h2,h3{break-after:avoid}figure,tr,.verdict{break-inside:avoid}\
    thead{display:table-header-group}.scroll{overflow:visible}.axis{min-width:0}output{display:none}\
    *{-webkit-print-color-adjust:exact;print-color-adjust:exact}@page{margin:15mm}}
    @media (forced-colors:active){svg path,ul.legend svg{forced-color-adjust:none}}
    """
}
