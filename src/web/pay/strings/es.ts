import type { Strings } from './en.js';

export const es: Strings = {
  language: 'es',
  languageName: 'Español',
  direction: 'ltr',
  languages: 'Idioma',
  pageTitle: (heading, brandName) => `${heading} · ${brandName}`,
  states: {
    choose: { heading: 'Elija una criptomoneda', text: 'Después verá la dirección y el importe exacto.' },
    pay: { heading: 'Esperando su pago', text: 'Esta página detecta su pago por sí sola.' },
    time_up: {
      heading: 'El tiempo se ha agotado',
      text: 'Estamos comprobando por última vez si llegó un pago. Por favor, no envíe nada ahora.',
    },
    minting: { heading: 'Preparando su pago', text: 'La dirección de pago aparecerá aquí en un momento.' },
    unavailable: {
      heading: 'Este pedido no se puede pagar aquí',
      text: 'Por favor, no envíe ninguna criptomoneda. El vendedor puede ayudarle; tenga a mano el número de pedido.',
    },
    confirming: {
      heading: 'Pago detectado',
      text: 'La red lo está confirmando. No tiene que hacer nada más; puede cerrar esta página.',
    },
    top_up: {
      heading: 'Todavía falta una parte',
      text: 'Llegó menos de lo debido. Envíe el resto a la misma dirección.',
    },
    wrong_asset: {
      heading: 'Llegó otra criptomoneda',
      text: 'Lo que envió no es lo que pedía este pedido. Póngase en contacto con el vendedor y no envíe nada más.',
    },
    looked_at: {
      heading: 'Estamos revisando su pago',
      text: 'Llegaron fondos que no podemos asignar automáticamente. No se han perdido: el vendedor los ve y alguien lo está revisando. Por favor, no envíe nada más.',
    },
    paid: { heading: 'Pagado', text: 'Gracias. Su pago está completo.' },
    expired: {
      heading: 'Este pedido ha caducado',
      text: 'No llegó ningún pago a tiempo. Por favor, no envíe nada a la dirección anterior; haga un pedido nuevo.',
    },
    failed: {
      heading: 'El pago ha fallado',
      text: 'No se pudo completar el pago. Póngase en contacto con el vendedor y tenga a mano el número de pedido.',
    },
    cancelled: {
      heading: 'Este pedido fue cancelado',
      text: 'Por favor, no envíe nada a su dirección. Puede hacer un pedido nuevo.',
    },
    late: {
      heading: 'Su pago llegó tarde',
      text: 'Los fondos llegaron cuando este pedido ya estaba cerrado. No se han perdido: el vendedor los ve y decidirá. Póngase en contacto con él.',
    },
    incomplete: {
      heading: 'El pago quedó incompleto',
      text: 'Llegó menos de lo debido y el plazo para el resto ha terminado. Los fondos no se han perdido: el vendedor los ve y decidirá. Póngase en contacto con él y no envíe nada más.',
    },
    declined: {
      heading: 'El vendedor no aceptó este pago',
      text: 'Llegaron fondos que no pagan este pedido. No se han perdido: póngase en contacto con el vendedor, con el número de pedido, y no envíe nada más.',
    },
  },
  choice: {
    estimated: 'Los importes son estimaciones. Lo que paga aparece junto a la dirección y desde entonces no cambia.',
    tooSmall: (minimum) => `mínimo ${minimum}`,
    away: 'La lista de criptomonedas aún no está disponible. Esta página lo intenta de nuevo por sí sola.',
    refused: 'Esa criptomoneda no se puede usar para este pedido. Por favor, elija otra.',
    another: 'Pagar con otra criptomoneda',
  },
  steps: { label: 'Progreso', send: 'Enviar', confirm: 'Confirmar', done: 'Listo' },
  order: 'Pedido',
  price: 'Precio',
  amount: 'Importe',
  amountMissing: 'Falta por pagar',
  arrived: (arrived, owed) => `Han llegado ${arrived} de ${owed}`,
  network: 'Red',
  address: 'Dirección',
  extraId: 'Memo / tag',
  extraIdWarning: 'Obligatorio. Sin este memo no podremos asignar sus fondos al pedido.',
  networkWarning: (ticker, network) =>
    `Envíe solo ${ticker} y solo por la red ${network}. Cualquier otra cosa puede perderse.`,
  exactAmount: 'Envíe exactamente este importe; añada aparte la comisión de su monedero o exchange.',
  copy: { amount: 'Copiar importe', address: 'Copiar dirección', extraId: 'Copiar memo', done: 'Copiado' },
  timeLeft: 'Tiempo restante',
  topUpUntil: (time) => ['El resto se puede pagar hasta el ', time],
  payUntil: (time) => ['Pague antes del ', time],
  noQr: 'Sin código QR: no incluiría el memo de abajo. Copie ambos, dirección y memo.',
  qrAddress: 'Código QR de la dirección',
  qrTagged: 'Código QR de la dirección X: dirección y tag en uno',
  taggedHint:
    'Este código es una dirección X: contiene la dirección y el tag. Si su monedero no la reconoce, copie ambos abajo.',
  qrUri: 'Código QR con dirección e importe',
  qrUriSummary: 'Enlace para el monedero con el importe incluido',
  openWallet: 'Abrir en el monedero',
  receipt: 'Descargar recibo (PDF)',
  backToShop: 'Continuar a la tienda',
  paidAt: (time) => ['Pagado el ', time],
  leave: 'Volver a la tienda',
  surplus: {
    overpaid: 'Llegó más de lo debido. El resto no está perdido: el vendedor lo ve y decidirá qué hacer.',
    second_payment:
      'Llegaron monedas otra vez después de pagarse este pedido. No están perdidas: el vendedor las ve y decidirá. No envíe nada más.',
  },
  soldBy: 'Vendido por',
  support: '¿Preguntas?',
  writeTo: 'Escriba a',
  withoutScript: 'Esta página busca novedades por sí sola cada pocos segundos.',
  connectionLost: 'Sin conexión. Esta página sigue intentándolo; su pago no se ve afectado.',
  notFound: {
    heading: 'Página no encontrada',
    text: 'Este enlace de pago no existe. Compruébelo o pregunte al vendedor.',
  },
  away: {
    heading: 'Un momento, por favor',
    text: 'Ahora mismo no podemos mostrar este pedido. Esta página lo intenta de nuevo por sí sola; un pago que haya enviado no se ve afectado.',
  },
  tooMany: {
    heading: 'Demasiadas solicitudes',
    text: 'Esta página se ha pedido demasiadas veces desde su red. Lo intenta de nuevo por sí sola; un pago que haya enviado no se ve afectado.',
  },
};
