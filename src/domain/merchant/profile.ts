/** How an account shows itself to its payers and on its receipts; null: it said nothing. */
export interface Profile {
  readonly displayName: string | null;
  readonly accentColour: string | null; // `#rrggbb`
  readonly supportAddress: string | null; // a mail address, or an https URL
  readonly legalName: string | null;
  readonly postalAddress: string | null; // lines
  readonly taxId: string | null;
  readonly receiptFooter: string | null; // lines
}
