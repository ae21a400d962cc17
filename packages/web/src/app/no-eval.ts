import { z } from 'zod'

// Compiled validators would need `eval`, which the page's security policy forbids. Schemas look for it when they are made,
// so this is imported before whatever makes one.
z.config({ jitless: true })
