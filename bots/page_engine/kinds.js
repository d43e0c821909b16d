// Texts as they are compared, and which elements are fields, things to press, tables, headings and sections.

const fold = (text) => text.replace(/\s+/g, ' ').trim();
/** As labels and headings are compared: no case, no spacing, no colon after and no star around. */
const plain = (text) => fold(text).toLowerCase().replace(/^[*\s]+|[\s:*]+$/g, '');

const SILENT = new Set(['script', 'style', 'template', 'noscript', 'select', 'option', 'datalist', 'textarea', 'title',
  'head', 'iframe', 'object', 'audio', 'video', 'canvas']);
const PICTURES = ['img', 'canvas', 'video', 'iframe', 'svg', 'object', 'embed', 'input', 'textarea', 'select', 'button'];
const CONTROL = 'input:not([type=hidden i]),select,textarea,button';
const ACTIONABLE = 'a,button,input:not([type=hidden i]),select,textarea,summary,[contenteditable=true i],'
  + ['button', 'link', 'tab', 'menuitem', 'checkbox', 'radio', 'switch', 'option', 'textbox', 'combobox', 'searchbox',
    'spinbutton'].map((role) => `[role=${role} i]`).join();
const LABELLED = 'input:not([type=hidden i]),select,textarea,meter,output,progress,fieldset,[contenteditable=true i],'
  + ['textbox', 'combobox', 'checkbox', 'radio', 'switch', 'spinbutton', 'searchbox', 'listbox', 'slider', 'group',
    'radiogroup'].map((role) => `[role=${role} i]`).join();
const TABLE = 'table:not([role=presentation i],[role=none i]),[role=table i],[role=grid i],[role=treegrid i]';
const HEADING = 'h1,h2,h3,h4,h5,h6,[role=heading i],legend,caption,summary';
const REGION = 'section,article,aside,dialog,fieldset,details,main,form,[role=region i],[role=dialog i],[role=main i],'
  + '[role=form i],[role=group i],[role=tabpanel i]';

const NAMED_BY_CONTENT = 'a,button,summary,h1,h2,h3,h4,h5,h6,td,th,option,li,dt,dd,caption,label,legend,p,strong,em,'
  + 'output,'
  + ['button', 'link', 'heading', 'cell', 'gridcell', 'columnheader', 'rowheader', 'option', 'tab', 'menuitem',
    'checkbox', 'radio', 'switch', 'treeitem', 'alert', 'status', 'row'].map((role) => `[role=${role} i]`).join();
