import type { Strings } from './en.js';

export const fr: Strings = {
  language: 'fr',
  languageName: 'Français',
  direction: 'ltr',
  languages: 'Langue',
  pageTitle: (heading, brandName) => `${heading} · ${brandName}`,
  states: {
    choose: { heading: 'Choisissez une cryptomonnaie', text: 'L’adresse et le montant exact suivront.' },
    pay: { heading: 'En attente de votre paiement', text: 'Cette page remarque votre paiement d’elle-même.' },
    time_up: {
      heading: 'Le délai est écoulé',
      text: 'Nous vérifions une dernière fois si un paiement est arrivé. N’envoyez plus rien pour le moment.',
    },
    minting: {
      heading: 'Préparation de votre paiement',
      text: 'L’adresse de paiement s’affichera ici dans un instant.',
    },
    unavailable: {
      heading: 'Cette commande ne peut pas être payée ici',
      text: 'N’envoyez aucune cryptomonnaie. Le vendeur peut vous aider ; gardez le numéro de commande sous la main.',
    },
    confirming: {
      heading: 'Paiement détecté',
      text: 'Le réseau est en train de le confirmer. Vous n’avez plus rien à faire et pouvez fermer cette page.',
    },
    top_up: {
      heading: 'Il manque encore une partie',
      text: 'Le montant reçu est inférieur au montant dû. Envoyez le reste à la même adresse.',
    },
    wrong_asset: {
      heading: 'Une autre cryptomonnaie est arrivée',
      text: 'Vous n’avez pas envoyé celle que demandait cette commande. Contactez le vendeur et n’envoyez rien de plus.',
    },
    looked_at: {
      heading: 'Votre paiement est en cours d’examen',
      text: 'Des fonds sont arrivés que nous ne pouvons pas attribuer automatiquement. Ils ne sont pas perdus : le vendeur les voit et quelqu’un s’en occupe. N’envoyez rien de plus.',
    },
    paid: { heading: 'Payé', text: 'Merci. Votre paiement est complet.' },
    expired: {
      heading: 'Cette commande a expiré',
      text: 'Aucun paiement n’est arrivé à temps. N’envoyez rien à l’ancienne adresse ; passez une nouvelle commande.',
    },
    failed: {
      heading: 'Le paiement a échoué',
      text: 'Le paiement n’a pas pu aboutir. Contactez le vendeur en indiquant le numéro de commande.',
    },
    cancelled: {
      heading: 'Cette commande a été annulée',
      text: 'N’envoyez rien à son adresse. Vous pouvez passer une nouvelle commande.',
    },
    late: {
      heading: 'Votre paiement est arrivé trop tard',
      text: 'Les fonds sont arrivés alors que cette commande était déjà close. Ils ne sont pas perdus : le vendeur les voit et décidera. Contactez-le.',
    },
    incomplete: {
      heading: 'Le paiement est resté incomplet',
      text: 'Le montant reçu est inférieur au montant dû, et le délai pour le reste est passé. Les fonds ne sont pas perdus : le vendeur les voit et décidera. Contactez-le et n’envoyez rien de plus.',
    },
    declined: {
      heading: 'Le vendeur n’a pas accepté ce paiement',
      text: 'Des fonds sont arrivés qui ne paient pas cette commande. Ils ne sont pas perdus : contactez le vendeur avec le numéro de commande et n’envoyez rien de plus.',
    },
  },
  choice: {
    estimated:
      'Les montants sont des estimations. Ce que vous payez est affiché avec l’adresse et ne change plus ensuite.',
    tooSmall: (minimum) => `minimum ${minimum}`,
    away: 'La liste des cryptomonnaies n’est pas encore disponible. Cette page réessaie d’elle-même.',
    refused: 'Cette cryptomonnaie n’est pas possible pour cette commande. Choisissez-en une autre.',
    another: 'Payer avec une autre cryptomonnaie',
  },
  steps: { label: 'Progression', send: 'Envoyer', confirm: 'Confirmer', done: 'Terminé' },
  order: 'Commande',
  price: 'Prix',
  amount: 'Montant',
  amountMissing: 'Reste à payer',
  arrived: (arrived, owed) => `${arrived} sur ${owed} reçus`,
  network: 'Réseau',
  address: 'Adresse',
  extraId: 'Mémo / tag',
  extraIdWarning: 'Obligatoire. Sans ce mémo, vos fonds ne peuvent pas être rattachés à la commande.',
  networkWarning: (ticker, network) =>
    `Envoyez uniquement ${ticker}, et uniquement sur le réseau ${network}. Tout le reste peut être perdu.`,
  exactAmount: 'Envoyez exactement ce montant ; les frais de votre portefeuille ou plateforme s’y ajoutent.',
  copy: { amount: 'Copier le montant', address: 'Copier l’adresse', extraId: 'Copier le mémo', done: 'Copié' },
  timeLeft: 'Temps restant',
  topUpUntil: (time) => ['Le reste peut être payé jusqu’au ', time],
  payUntil: (time) => ['À payer avant le ', time],
  noQr: 'Pas de code QR : il ne contiendrait pas le mémo ci-dessous. Copiez les deux, adresse et mémo.',
  qrAddress: 'Code QR de l’adresse',
  qrTagged: 'Code QR de l’adresse X : adresse et tag réunis',
  taggedHint:
    'Ce code est une adresse X : elle contient l’adresse et le tag. Si votre portefeuille ne la connaît pas, copiez les deux ci-dessous.',
  qrUri: 'Code QR avec adresse et montant',
  qrUriSummary: 'Lien de portefeuille avec le montant déjà rempli',
  openWallet: 'Ouvrir dans le portefeuille',
  receipt: 'Télécharger le reçu (PDF)',
  backToShop: 'Continuer vers la boutique',
  paidAt: (time) => ['Payé le ', time],
  leave: 'Retour à la boutique',
  surplus: {
    overpaid:
      'Il est arrivé plus que le montant dû. Le surplus n’est pas perdu : le vendeur le voit et décidera de la suite.',
    second_payment:
      'Des cryptomonnaies sont arrivées encore une fois après le paiement de cette commande. Elles ne sont pas perdues : le vendeur les voit et décidera. N’envoyez plus rien.',
  },
  soldBy: 'Vendu par',
  support: 'Des questions ?',
  writeTo: 'Écrivez à',
  withoutScript: 'Cette page cherche d’elle-même des nouvelles toutes les quelques secondes.',
  connectionLost: 'Pas de connexion. Cette page continue d’essayer ; votre paiement n’est pas concerné.',
  notFound: {
    heading: 'Page introuvable',
    text: 'Ce lien de paiement n’existe pas. Vérifiez-le ou demandez au vendeur.',
  },
  away: {
    heading: 'Un instant, s’il vous plaît',
    text: 'Nous ne pouvons pas afficher cette commande pour le moment. Cette page réessaie d’elle-même ; un paiement déjà envoyé n’est pas concerné.',
  },
  tooMany: {
    heading: 'Trop de demandes',
    text: 'Cette page a été demandée trop souvent depuis votre réseau. Elle réessaie d’elle-même ; un paiement déjà envoyé n’est pas concerné.',
  },
};
