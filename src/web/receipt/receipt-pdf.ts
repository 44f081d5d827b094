import { createHash } from 'node:crypto';
import PDFDocument from 'pdfkit';
import type { Receipt } from '../../domain/receipt.js';
import { breakLines, fittingStyle, writeLine, type Style } from './pdf-text.js';
import { printableText } from '../printable-text.js';
import { dateText, receiptRows } from './receipt-rows.js';
import { amountText, titleOf } from './receipt-text.js';

const ink = '#16202e';
const grey = '#5b6675';
const hairline = '#dfe4ea';
const accent = '#0f766e';
const tint = '#f2f7f6';

const pageWidth = 595.28; // A4
const left = 64;
const right = pageWidth - left;
const valueAt = left + 150;

const label: Style = { size: 9.5, colour: grey };
const value: Style = { size: 9.5, colour: ink };
const valueWidth = right - valueAt - 12;
const firstRow = 262;
const lastRow = 744;
const mostFooterLines = 3;

/** A4, one page as a rule. The bytes depend on receipt and name alone: dates and file id come from it, none from a clock. */
export async function receiptPdf(receipt: Receipt, brandName: string): Promise<Buffer> {
  const paidAt = new Date(receipt.paid_at);
  const doc = new PDFDocument({
    size: 'A4',
    margin: 0,
    pdfVersion: '1.4',
    lang: 'en',
    displayTitle: true,
    info: {
      Title: `Receipt ${receipt.order_id}`,
      Author: printableText(titleOf(receipt, brandName)),
      Subject: printableText(receipt.product),
      CreationDate: paidAt,
      ModDate: paidAt,
    },
  });
  const chunks: Buffer[] = [];
  const finished = new Promise<Buffer>((resolve, reject) => {
    doc.on('data', (chunk: Buffer) => chunks.push(chunk));
    doc.on('end', () => resolve(Buffer.concat(chunks)));
    doc.on('error', reject);
  });
  drawHeader(doc, receipt, brandName);
  drawAmount(doc, receipt);
  drawFacts(doc, receipt);
  drawFooter(doc, receipt);
  doc.end();
  return finished;
}

function drawHeader(doc: PDFKit.PDFDocument, receipt: Receipt, brandName: string): void {
  doc.rect(0, 0, pageWidth, 6).fill(accent);
  const besideOrderId = right - left - 110;
  const title = printableText(titleOf(receipt, brandName));
  const style = fittingStyle(doc, title, besideOrderId, { size: 15, colour: ink, weight: 'semibold' });
  writeLine(doc, title, { x: left, y: 82, style });
  writeLine(doc, 'RECEIPT', {
    x: right,
    y: 80,
    style: { size: 9, colour: grey, weight: 'semibold', spacing: 0.8 },
    align: 'right',
  });
  writeLine(doc, receipt.order_id, { x: right, y: 95, style: { size: 9, colour: grey }, align: 'right' });
}

function drawAmount(doc: PDFKit.PDFDocument, receipt: Receipt): void {
  doc.roundedRect(left, 128, right - left, 108, 8).fill(tint);
  writeLine(doc, receipt.accepted ? 'Price' : 'Amount paid', {
    x: left + 24,
    y: 160,
    style: { size: 9.5, colour: grey },
  });
  writeLine(doc, amountText(receipt), { x: left + 24, y: 200, style: { size: 30, colour: ink, weight: 'semibold' } });
  const badge = { width: 58, height: 22 };
  doc.roundedRect(right - 24 - badge.width, 146, badge.width, badge.height, 11).fill(accent);
  writeLine(doc, 'PAID', {
    x: right - 24 - 15,
    y: 160.5,
    style: { size: 9, colour: '#ffffff', weight: 'semibold', spacing: 0.8 },
    align: 'right',
  });
  writeLine(doc, `on ${dateText(receipt.paid_at)}`, { x: left + 24, y: 220, style: { size: 9.5, colour: grey } });
}

function drawFacts(doc: PDFKit.PDFDocument, receipt: Receipt): void {
  const last = receipt.seller?.footer === undefined ? lastRow : lastRow - 44;
  let y = firstRow;
  for (const { name, lines } of receiptRows(receipt, (text) => breakLines(doc, text, valueWidth, value))) {
    const height = 14 * lines.length + 8;
    if (y + height > last) y = nextPage(doc, receipt);
    writeLine(doc, name, { x: left, y: y + 10, style: label });
    lines.forEach((line, index) => writeLine(doc, line, { x: valueAt, y: y + 10 + 14 * index, style: value }));
    y += height;
    rule(doc, y - 2);
  }
  if (y + 24 > last) y = nextPage(doc, receipt);
  writeLine(doc, receipt.accepted ? 'Price' : 'Total', {
    x: left,
    y: y + 16,
    style: { ...label, colour: ink, weight: 'semibold', size: 11 },
  });
  writeLine(doc, amountText(receipt), {
    x: right,
    y: y + 16,
    style: { size: 11, colour: ink, weight: 'semibold' },
    align: 'right',
  });
}

function nextPage(doc: PDFKit.PDFDocument, receipt: Receipt): number {
  drawFooter(doc, receipt);
  doc.addPage();
  return 72;
}

function drawFooter(doc: PDFKit.PDFDocument, receipt: Receipt): void {
  const small: Style = { size: 7.5, colour: grey };
  const said = receipt.seller?.footer;
  const lines =
    said === undefined ? [] : breakLines(doc, printableText(said.replace(/\s+/g, ' ')), right - left, small);
  lines
    .slice(0, mostFooterLines)
    .forEach((line, index) => writeLine(doc, line, { x: left, y: 716 + 11 * index, style: small }));
  rule(doc, 758);
  writeLine(doc, 'This receipt was frozen when the order was paid and does not change. All times are UTC.', {
    x: left,
    y: 774,
    style: small,
  });
  const digest = createHash('sha256').update(JSON.stringify(receipt)).digest('hex');
  writeLine(doc, `SHA-256 of the receipt record: ${digest}`, { x: left, y: 786, style: small });
}

function rule(doc: PDFKit.PDFDocument, y: number): void {
  doc.moveTo(left, y).lineTo(right, y).lineWidth(0.6).strokeColor(hairline).stroke();
}
