import type { Strings } from './en.js';

export const pt: Strings = {
  language: 'pt',
  languageName: 'Português',
  direction: 'ltr',
  languages: 'Idioma',
  pageTitle: (heading, brandName) => `${heading} · ${brandName}`,
  states: {
    choose: { heading: 'Escolha uma criptomoeda', text: 'A seguir verá o endereço e o valor exato.' },
    pay: { heading: 'À espera do seu pagamento', text: 'Esta página deteta o seu pagamento sozinha.' },
    time_up: {
      heading: 'O tempo acabou',
      text: 'Estamos a verificar uma última vez se chegou algum pagamento. Por favor, não envie nada agora.',
    },
    minting: {
      heading: 'A preparar o seu pagamento',
      text: 'O endereço de pagamento aparecerá aqui dentro de momentos.',
    },
    unavailable: {
      heading: 'Este pedido não pode ser pago aqui',
      text: 'Por favor, não envie nenhuma criptomoeda. O vendedor pode ajudar; tenha à mão o número do pedido.',
    },
    confirming: {
      heading: 'Pagamento detetado',
      text: 'A rede está a confirmá-lo. Não é preciso fazer mais nada; pode fechar esta página.',
    },
    top_up: {
      heading: 'Ainda falta uma parte',
      text: 'Chegou menos do que o devido. Envie o restante para o mesmo endereço.',
    },
    wrong_asset: {
      heading: 'Chegou outra criptomoeda',
      text: 'O que enviou não é o que este pedido exigia. Contacte o vendedor e não envie mais nada.',
    },
    looked_at: {
      heading: 'O seu pagamento está a ser analisado',
      text: 'Chegaram fundos que não conseguimos atribuir automaticamente. Não estão perdidos: o vendedor vê-os e alguém está a tratar disso. Por favor, não envie mais nada.',
    },
    paid: { heading: 'Pago', text: 'Obrigado. O seu pagamento está completo.' },
    expired: {
      heading: 'Este pedido expirou',
      text: 'Não chegou nenhum pagamento a tempo. Por favor, não envie nada para o endereço antigo; faça um novo pedido.',
    },
    failed: {
      heading: 'O pagamento falhou',
      text: 'Não foi possível concluir o pagamento. Contacte o vendedor e tenha à mão o número do pedido.',
    },
    cancelled: {
      heading: 'Este pedido foi cancelado',
      text: 'Por favor, não envie nada para o endereço dele. Pode fazer um novo pedido.',
    },
    late: {
      heading: 'O seu pagamento chegou tarde',
      text: 'Os fundos chegaram quando este pedido já estava fechado. Não estão perdidos: o vendedor vê-os e irá decidir. Contacte-o.',
    },
    incomplete: {
      heading: 'O pagamento ficou incompleto',
      text: 'Chegou menos do que o devido e o prazo para o restante terminou. Os fundos não estão perdidos: o vendedor vê-os e irá decidir. Contacte-o e não envie mais nada.',
    },
    declined: {
      heading: 'O vendedor não aceitou este pagamento',
      text: 'Chegaram fundos que não pagam este pedido. Não estão perdidos: contacte o vendedor, com o número do pedido, e não envie mais nada.',
    },
  },
  choice: {
    estimated: 'Os valores são estimativas. O que paga aparece junto do endereço e a partir daí não muda.',
    tooSmall: (minimum) => `mínimo ${minimum}`,
    away: 'A lista de criptomoedas ainda não está disponível. Esta página tenta de novo sozinha.',
    refused: 'Essa criptomoeda não pode ser usada neste pedido. Por favor, escolha outra.',
    another: 'Pagar com outra criptomoeda',
  },
  steps: { label: 'Progresso', send: 'Enviar', confirm: 'Confirmar', done: 'Concluído' },
  order: 'Pedido',
  price: 'Preço',
  amount: 'Valor',
  amountMissing: 'Em falta',
  arrived: (arrived, owed) => `Chegaram ${arrived} de ${owed}`,
  network: 'Rede',
  address: 'Endereço',
  extraId: 'Memo / tag',
  extraIdWarning: 'Obrigatório. Sem este memo, os seus fundos não podem ser associados ao pedido.',
  networkWarning: (ticker, network) =>
    `Envie apenas ${ticker} e apenas pela rede ${network}. Qualquer outra coisa pode perder-se.`,
  exactAmount: 'Envie exatamente este valor; a taxa da sua carteira ou corretora é à parte.',
  copy: { amount: 'Copiar valor', address: 'Copiar endereço', extraId: 'Copiar memo', done: 'Copiado' },
  timeLeft: 'Tempo restante',
  topUpUntil: (time) => ['O restante pode ser pago até ', time],
  payUntil: (time) => ['Pague antes de ', time],
  noQr: 'Sem código QR: não incluiria o memo abaixo. Copie ambos, endereço e memo.',
  qrAddress: 'Código QR do endereço',
  qrTagged: 'Código QR do endereço X: endereço e tag num só',
  taggedHint:
    'Este código é um endereço X: contém o endereço e a tag. Se a sua carteira não o reconhecer, copie ambos abaixo.',
  qrUri: 'Código QR com endereço e valor',
  qrUriSummary: 'Ligação para a carteira com o valor preenchido',
  openWallet: 'Abrir na carteira',
  receipt: 'Descarregar recibo (PDF)',
  backToShop: 'Continuar para a loja',
  paidAt: (time) => ['Pago em ', time],
  leave: 'Voltar à loja',
  surplus: {
    overpaid: 'Chegou mais do que o devido. O restante não está perdido: o vendedor o vê e decidirá o que fazer.',
    second_payment:
      'Chegaram moedas mais uma vez depois de este pedido ter sido pago. Elas não estão perdidas: o vendedor as vê e decidirá. Não envie mais nada.',
  },
  soldBy: 'Vendido por',
  support: 'Dúvidas?',
  writeTo: 'Escreva para',
  withoutScript: 'Esta página procura novidades sozinha a cada poucos segundos.',
  connectionLost: 'Sem ligação. Esta página continua a tentar; o seu pagamento não é afetado.',
  notFound: {
    heading: 'Página não encontrada',
    text: 'Esta ligação de pagamento não existe. Verifique-a ou pergunte ao vendedor.',
  },
  away: {
    heading: 'Um momento, por favor',
    text: 'Não conseguimos mostrar este pedido agora. Esta página tenta de novo sozinha; um pagamento que tenha enviado não é afetado.',
  },
  tooMany: {
    heading: 'Demasiados pedidos de página',
    text: 'Esta página foi pedida demasiadas vezes a partir da sua rede. Tenta de novo sozinha; um pagamento que tenha enviado não é afetado.',
  },
};
