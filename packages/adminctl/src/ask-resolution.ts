/** Asks a person how an entry was resolved. Apart, because the prompts are slow to load. */
import inquirer from 'inquirer';
import { flawOf } from './notes.ts';

export interface Resolution {
  notes: string;
  tags: string[];
}

/** `tags`: those that were given; `offered`: those to choose from. */
export async function askResolution({
  tags,
  offered,
}: {
  tags: string[];
  offered: string[];
}): Promise<Resolution> {
  const ask = inquirer.createPromptModule({ output: process.stderr });
  const { notes } = await ask([{ type: 'input', name: 'notes', message: 'What was done?', validate: fault }]);
  if (offered.length === 0) return { notes, tags };
  const { chosen } = await ask([
    { type: 'checkbox', name: 'chosen', message: 'Tags (space chooses, Enter goes on)', choices: offered },
  ]);
  return { notes, tags: chosen };
}

function fault(notes: string): true | string {
  const flaw = flawOf(notes);
  return flaw === null || `That ${flaw}`;
}
