/* The words of the editor page; the app's own dictionary stays as small as the app needs it. */
import { lang } from '../lib/i18n'

/* Chinese, English. */
const WORDS = {
  title: ['编辑模型', 'Edit the model'],
  back: ['返回拟修订', 'Back to the revision'],
  save: ['保存', 'Save'],
  saving: ['正在保存…', 'Saving…'],
  saved: ['已保存', 'Saved'],
  unsaved: ['有未保存的改动', 'Changes not saved'],
  views: ['决策', 'Decisions'],
  tables: ['决策表', 'Decision tables'],
  untitled: ['拟修订 {id}', 'Revision {id}'],
  none: ['没有指明拟修订。请从拟修订页打开。', 'No revision is named. Open this page from a revision.'],
  loading: ['正在打开…', 'Opening…'],
  fixed: ['这份修订现在不能改，只供查看。', 'This revision cannot be changed now; it is shown only.'],
  version: ['编辑器只能改 DMN 1.3 的模型；这份是 {v}，只供查看。可在拟修订页把表格导出为 Excel，改好后上传。', 'The editor changes models of DMN 1.3 only; this one is {v} and is shown only. Export its tables to Excel on the page of the revision, edit and upload them.'],
  broken: ['编辑器打不开这个模型：{why}。可在拟修订页下载模型，或用 Excel 修改表格。', 'The editor cannot open this model: {why}. Download it on the page of the revision, or edit its tables in Excel.'],
  wrong: ['编辑器不能这样改：{why}', 'The editor cannot do this: {why}'],
  sign: ['登录已结束，改动还在本页。', 'The session has ended; your changes are still here.'],
  sign_go: ['在新窗口登录', 'Sign in in a new window'],
  sign_then: ['，然后再点“保存”。', ', then save again.'],
  result: ['保存的结果', 'What was saved'],
  hide: ['收起', 'Hide'],
  same: ['含义没有变化（与所依据的版本 {a} 相同）', 'No change in meaning (the same as version {a} it was made from)'],
  changed: ['与所依据的版本 {a} 相比改了 {n} 处', '{n} changes from version {a} it was made from'],
  ok: ['可以发布', 'Can be released'],
  no: ['还不能发布', 'Cannot be released yet'],
  counts: ['错误 {e}，提醒 {w}；算例通过 {p}，未通过 {f}', '{e} errors, {w} warnings; cases passed {p}, failed {f}'],
  error: ['错误', 'Error'],
  warning: ['提醒', 'Warning'],
  remark: ['说明', 'Remark'],
  clash: ['别人刚改过这份修订', 'Somebody has just changed this revision'],
  clash_note: ['保存于 {when}。您的改动还在编辑器里，没有丢失。', 'Saved at {when}. Your changes are still in the editor; nothing is lost.'],
  clash_same: ['模型与您的相同，改的是其他内容。', 'The model is the same as yours; something else was changed.'],
  state: ['这份修订现在不能再改；可下载您的模型。', 'This revision can no longer be changed; you can download your model.'],
  where: ['位置', 'Where'],
  mine: ['您的', 'Yours'],
  theirs: ['已保存的', 'Saved'],
  download: ['下载我的模型', 'Download my model'],
  take: ['放弃我的，打开已保存的', 'Drop mine, open the saved one'],
  keep: ['保存我的', 'Save mine'],
  go_on: ['继续编辑', 'Go on editing'],
} as const
export function w(key: keyof typeof WORDS, args: Record<string, string | number> = {}): string {
  return WORDS[key][lang.value === 'en' ? 1 : 0].replace(/\{(\w+)\}/g, (all, name: string) => String(args[name] ?? all))
}
