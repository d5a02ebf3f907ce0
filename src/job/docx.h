/* Papers as editable DOCX (ISO/IEC 29500 WordprocessingML) in the layout of the packs, GB/T 9704:
 * paper, margins, the grid of lines and characters, a font and size for each kind of block, page
 * numbers outside. The same paper and mark give the same bytes; nothing in the file names a
 * program, nor, but for the mark, a person or a time. */
#ifndef JIXIA_JOB_DOCX_H
#define JIXIA_JOB_DOCX_H
#include "city/notice/paper.h"

#define DOCX_TYPE "application/vnd.openxmlformats-officedocument.wordprocessingml.document"

/* The file's bytes in the context's arena. mark: who took it, when, of which grade, in the file's
 * properties, for the page is as the standard wants it; empty: none. A block PAPER_CODE becomes the
 * QR code of its text. */
bool docx_write(Ctx *c, const Paper *p, const PaperLayout *l, Str mark, Str *out);
#endif
