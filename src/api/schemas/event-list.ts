import { z } from 'zod';
import { eventTypes } from '../../domain/outgoing-event.js';
import { cursorText, instant, pageLimit } from './text.js';

export const eventsQuery = z.object({ created_after: instant, limit: pageLimit(100, 50), cursor: cursorText });

export const eventPage = z.object({
  events: z.array(
    z
      .object({
        id: z.string(),
        type: z.enum(eventTypes),
        order_id: z.string().nullable(),
        created_at: z.string(),
        body: z.string().meta({ description: 'The text that endpoints are sent, as it is signed.' }),
      })
      .meta({ id: 'ToldEvent' }),
  ),
  next_cursor: z.string().nullable(),
});
