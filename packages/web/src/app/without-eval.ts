import { z } from 'zod'

// Compiled validators would need `eval`, which the page's security policy forbids. Schemas look at this when they are
// made, so it is the first module that the page loads.
z.config({ jitless: true })
