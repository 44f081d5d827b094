// What is not to be written, by the shape of the code: `no-restricted-syntax` in eslint.config.js.

export const unescapedHtml = ['JSXAttribute[name.name', 'Property[key.name', 'Property[key.value'].map((where) => ({
  selector: `${where}="dangerouslySetInnerHTML"]`,
  message: 'Children are escaped; this is not.',
}));

export const packedLines = [
  { selector: 'SequenceExpression', message: 'A statement for each.' },
  { selector: 'VariableDeclarator[id.type="ArrayPattern"][init.type="ArrayExpression"]', message: 'A line for each.' },
  { selector: 'SpreadElement[argument.type=/^(?:Array|Object)Expression$/]', message: 'A line for each.' },
  {
    selector: 'ArrayExpression > AwaitExpression ~ AwaitExpression',
    message: 'Await them one by one, or all at once.',
  },
];

export const unseenImport = { selector: 'ImportExpression', message: 'A dynamic import climbs over the fences.' };
