/* The words of the editor page; the app's own dictionary stays as small as the app needs it. */
import { lang } from '../lib/i18n'

const ZH = {
  title: '编辑模型', back: '返回拟修订', save: '保存', saving: '正在保存…', saved: '已保存', unsaved: '有未保存的改动', views: '决策', tables: '决策表',
  untitled: '拟修订 {id}', none: '没有指明拟修订。请从拟修订页打开。', loading: '正在打开…',
  fixed: '这份修订现在不能改，只供查看。',
  version: '编辑器只能改 DMN 1.3 的模型；这份是 {v}，只供查看。可在拟修订页把表格导出为 Excel，改好后上传。',
  broken: '编辑器打不开这个模型：{why}。可在拟修订页下载模型，或用 Excel 修改表格。',
  wrong: '编辑器不能这样改：{why}',
  sign: '登录已结束，改动还在本页。', sign_go: '在新窗口登录', sign_then: '，然后再点“保存”。',
  result: '保存的结果', hide: '收起', same: '含义没有变化（与所依据的版本 {a} 相同）', changed: '与所依据的版本 {a} 相比改了 {n} 处',
  ok: '可以发布', no: '还不能发布', counts: '错误 {e}，提醒 {w}；算例通过 {p}，未通过 {f}', error: '错误', warning: '提醒', remark: '说明',
  clash: '别人刚改过这份修订', clash_note: '保存于 {when}。您的改动还在编辑器里，没有丢失。', clash_same: '模型与您的相同，改的是其他内容。', state: '这份修订现在不能再改；可下载您的模型。',
  where: '位置', mine: '您的', theirs: '已保存的', download: '下载我的模型', take: '放弃我的，打开已保存的', keep: '保存我的', go_on: '继续编辑',
}
const EN: typeof ZH = {
  title: 'Edit the model', back: 'Back to the revision', save: 'Save', saving: 'Saving…', saved: 'Saved', unsaved: 'Changes not saved', views: 'Decisions', tables: 'Decision tables',
  untitled: 'Revision {id}', none: 'No revision is named. Open this page from a revision.', loading: 'Opening…',
  fixed: 'This revision cannot be changed now; it is shown only.',
  version: 'The editor changes models of DMN 1.3 only; this one is {v} and is shown only. Export its tables to Excel on the page of the revision, edit and upload them.',
  broken: 'The editor cannot open this model: {why}. Download it on the page of the revision, or edit its tables in Excel.',
  wrong: 'The editor cannot do this: {why}',
  sign: 'The session has ended; your changes are still here.', sign_go: 'Sign in in a new window', sign_then: ', then save again.',
  result: 'What was saved', hide: 'Hide', same: 'No change in meaning (the same as version {a} it was made from)', changed: '{n} changes from version {a} it was made from',
  ok: 'Can be released', no: 'Cannot be released yet', counts: '{e} errors, {w} warnings; cases passed {p}, failed {f}', error: 'Error', warning: 'Warning', remark: 'Remark',
  clash: 'Somebody has just changed this revision', clash_note: 'Saved at {when}. Your changes are still in the editor; nothing is lost.', clash_same: 'The model is the same as yours; something else was changed.', state: 'This revision can no longer be changed; you can download your model.',
  where: 'Where', mine: 'Yours', theirs: 'Saved', download: 'Download my model', take: 'Drop mine, open the saved one', keep: 'Save mine', go_on: 'Go on editing',
}
export function w(key: keyof typeof ZH, args: Record<string, string | number> = {}): string {
  return (lang.value === 'en' ? EN : ZH)[key].replace(/\{(\w+)\}/g, (all, name: string) => String(args[name] ?? all))
}
