import type { Strings } from './en.js';

export const de: Strings = {
  language: 'de',
  languageName: 'Deutsch',
  direction: 'ltr',
  languages: 'Sprache',
  pageTitle: (heading, brandName) => `${heading} · ${brandName}`,
  states: {
    choose: { heading: 'Wählen Sie einen Coin', text: 'Danach sehen Sie die Adresse und den genauen Betrag.' },
    pay: { heading: 'Wir warten auf Ihre Zahlung', text: 'Diese Seite bemerkt Ihre Zahlung von selbst.' },
    time_up: {
      heading: 'Die Zeit ist abgelaufen',
      text: 'Wir sehen ein letztes Mal nach, ob eine Zahlung ankam. Bitte senden Sie jetzt nichts mehr.',
    },
    minting: { heading: 'Ihre Zahlung wird vorbereitet', text: 'Die Zahlungsadresse erscheint gleich hier.' },
    unavailable: {
      heading: 'Diese Bestellung kann hier nicht bezahlt werden',
      text: 'Bitte senden Sie keine Coins. Der Händler hilft Ihnen weiter; halten Sie die Bestellnummer bereit.',
    },
    confirming: {
      heading: 'Zahlung gesehen',
      text: 'Das Netzwerk bestätigt sie gerade. Sie müssen nichts mehr tun und können die Seite schließen.',
    },
    top_up: {
      heading: 'Ein Teil fehlt noch',
      text: 'Es kam weniger an als fällig war. Senden Sie den Rest an dieselbe Adresse.',
    },
    wrong_asset: {
      heading: 'Ein anderer Coin ist angekommen',
      text: 'Sie haben nicht den verlangten Coin gesendet. Bitte wenden Sie sich an den Händler und senden Sie nichts mehr.',
    },
    looked_at: {
      heading: 'Ihre Zahlung wird geprüft',
      text: 'Es sind Coins angekommen, die wir nicht von selbst zuordnen können. Sie sind nicht verloren: Der Händler sieht sie, und jemand kümmert sich darum. Bitte senden Sie nichts mehr.',
    },
    paid: { heading: 'Bezahlt', text: 'Vielen Dank. Ihre Zahlung ist abgeschlossen.' },
    expired: {
      heading: 'Diese Bestellung ist abgelaufen',
      text: 'Es kam rechtzeitig keine Zahlung an. Bitte senden Sie nichts mehr an die alte Adresse; beginnen Sie eine neue Bestellung.',
    },
    failed: {
      heading: 'Die Zahlung ist fehlgeschlagen',
      text: 'Die Zahlung konnte nicht abgeschlossen werden. Bitte wenden Sie sich mit der Bestellnummer an den Händler.',
    },
    cancelled: {
      heading: 'Diese Bestellung wurde storniert',
      text: 'Bitte senden Sie nichts an ihre Adresse. Sie können eine neue Bestellung beginnen.',
    },
    late: {
      heading: 'Ihre Zahlung kam zu spät',
      text: 'Die Coins kamen an, als die Bestellung schon geschlossen war. Sie sind nicht verloren: Der Händler sieht sie und entscheidet. Bitte wenden Sie sich an ihn.',
    },
    incomplete: {
      heading: 'Die Zahlung blieb unvollständig',
      text: 'Es kam weniger an als fällig war, und die Zeit für den Rest ist vorbei. Die Coins sind nicht verloren: Der Händler sieht sie und entscheidet. Bitte wenden Sie sich an ihn und senden Sie nichts mehr.',
    },
    declined: {
      heading: 'Der Händler hat diese Zahlung nicht angenommen',
      text: 'Es kamen Coins an, die diese Bestellung nicht bezahlen. Sie sind nicht verloren: Bitte wenden Sie sich mit der Bestellnummer an den Händler und senden Sie nichts mehr.',
    },
  },
  choice: {
    estimated: 'Die Beträge sind Schätzungen. Was Sie zahlen, steht bei der Adresse und gilt von da an.',
    tooSmall: (minimum) => `nicht unter ${minimum}`,
    away: 'Die Liste der Coins ist noch nicht da. Diese Seite versucht es von selbst wieder.',
    refused: 'Dieser Coin ist für diese Bestellung nicht möglich. Bitte wählen Sie einen anderen.',
    another: 'Mit einem anderen Coin bezahlen',
  },
  steps: { label: 'Fortschritt', send: 'Senden', confirm: 'Bestätigen', done: 'Fertig' },
  order: 'Bestellung',
  price: 'Preis',
  amount: 'Betrag',
  amountMissing: 'Noch offen',
  arrived: (arrived, owed) => `${arrived} von ${owed} angekommen`,
  network: 'Netzwerk',
  address: 'Adresse',
  extraId: 'Memo / Tag',
  extraIdWarning: 'Erforderlich. Ohne dieses Memo lassen sich Ihre Coins der Bestellung nicht zuordnen.',
  networkWarning: (ticker, network) =>
    `Senden Sie nur ${ticker} und nur über das Netzwerk ${network}. Anderes kann verloren gehen.`,
  exactAmount: 'Senden Sie genau diesen Betrag; Gebühren Ihrer Wallet oder Börse kommen hinzu.',
  copy: { amount: 'Betrag kopieren', address: 'Adresse kopieren', extraId: 'Memo kopieren', done: 'Kopiert' },
  timeLeft: 'Verbleibende Zeit',
  topUpUntil: (time) => ['Der Rest kann bis ', time, ' bezahlt werden'],
  payUntil: (time) => ['Zahlbar bis ', time],
  noQr: 'Kein QR-Code: Das Memo weiter unten stünde nicht darin. Kopieren Sie beides, Adresse und Memo.',
  qrAddress: 'QR-Code der Adresse',
  qrTagged: 'QR-Code der X-Adresse: Adresse und Tag in einem',
  taggedHint:
    'Dieser Code ist eine X-Adresse: Adresse und Tag stehen darin. Kennt Ihre Wallet sie nicht, kopieren Sie unten beides.',
  qrUri: 'QR-Code mit Adresse und Betrag',
  qrUriSummary: 'Wallet-Link mit ausgefülltem Betrag',
  openWallet: 'In der Wallet öffnen',
  receipt: 'Beleg herunterladen (PDF)',
  backToShop: 'Weiter zum Shop',
  paidAt: (time) => ['Bezahlt am ', time],
  leave: 'Zurück zum Shop',
  surplus: {
    overpaid:
      'Es kam mehr an, als fällig war. Der Rest ist nicht verloren: Der Händler sieht ihn und entscheidet, was damit geschieht.',
    second_payment:
      'Nachdem diese Bestellung bezahlt war, kamen noch einmal Coins an. Sie sind nicht verloren: Der Händler sieht sie und entscheidet. Bitte senden Sie nichts mehr.',
  },
  soldBy: 'Verkauft von',
  support: 'Fragen?',
  writeTo: 'Schreiben Sie an',
  withoutScript: 'Diese Seite sieht von selbst alle paar Sekunden nach.',
  connectionLost: 'Keine Verbindung. Die Seite versucht es weiter; Ihre Zahlung ist davon nicht betroffen.',
  notFound: {
    heading: 'Seite nicht gefunden',
    text: 'Diesen Zahlungslink gibt es nicht. Bitte prüfen Sie ihn oder fragen Sie den Händler.',
  },
  away: {
    heading: 'Einen Moment, bitte',
    text: 'Wir können diese Bestellung gerade nicht zeigen. Diese Seite versucht es von selbst wieder; eine gesendete Zahlung ist davon nicht betroffen.',
  },
  tooMany: {
    heading: 'Zu viele Aufrufe',
    text: 'Diese Seite wurde aus Ihrem Netz zu oft aufgerufen. Sie versucht es von selbst wieder; eine gesendete Zahlung ist davon nicht betroffen.',
  },
};
