/**
 * What happened, and what answers it: new shares, another set beside the one in use, other shares of the same halves, a drill, a change of
 * the roster, or a new platform key beside the one in use.
 * @module
 */

export type Answer = 'new-shares' | 'add-set' | 'refresh' | 'drill' | 'roster' | 'new-key';

export const TRIGGERS = [
  {
    id: 'left',
    title: 'A custodian left, or is to leave',
    answer: 'new-shares',
    why: 'Whoever left may still have the share, or a copy of it. A change of the roster takes the name off the list, and leaves the share as good as before; new shares end it.',
  },
  {
    id: 'share',
    title: 'A share was lost',
    answer: 'new-shares',
    why: 'A share is never made a second time: the lost one would stay as good as the new one. Also when only half of it is gone: the words of a stick, or the envelope of a YubiKey. Where there is no time for new shares, the others can be refreshed without it: its place ends.',
  },
  {
    id: 'copied',
    title: 'A share may have been copied or seen',
    answer: 'refresh',
    why: 'As long as they were fewer than open the key, each on its own. Every share becomes another one, and a copy fits none of those. Where as many as open the key may have been copied, or where you cannot tell, this does not help: then choose that the key or enough shares may be known.',
  },
  {
    id: 'years',
    title: 'The shares have lain in drawers for years',
    answer: 'refresh',
    why: 'Nobody can know whether they were copied one at a time. Other shares end that without the platform key being put together, and without anything of Vault on this laptop.',
  },
  {
    id: 'key',
    title: 'A share’s YubiKey is lost or replaced',
    answer: 'new-shares',
    why: 'No key can be put in another one’s place, also when the old one is only broken. A share that has a second key, or a copy, can be given until then.',
  },
  {
    id: 'due',
    title: 'The shares are to be proved again',
    answer: 'drill',
    why: 'Each custodian shows that the share can still be read. A share that cannot be read is lost: then choose that.',
  },
  {
    id: 'health',
    title: 'CheckTick says that the shares are too old',
    answer: 'new-shares',
    why: 'Its share health counts 730 days since shares were last made new, and neither a drill nor a refresh moves that day. Prove the shares as well where that is due: a share that cannot be read is missing when new ones are made.',
  },
  {
    id: 'audit',
    title: 'An audit asks for new shares',
    answer: 'new-shares',
    why: 'Each new share is read back from where it lies, and the old ones are destroyed before a witness.',
  },
  {
    id: 'count',
    title: 'Another number of shares is wanted',
    answer: 'new-shares',
    why: 'How many shares there are, and how many of them open the key, is fixed when they are made.',
  },
  {
    id: 'second-group',
    title: 'A second group of people is to open it',
    answer: 'add-set',
    why: 'As those on call, while the board has its own: with shares, a threshold and a rule for media that are theirs. Think twice: either group opens the key without the other, and the key is as strong as the weaker of them. Where the same people are only to be more, or fewer, make new shares.',
  },
  {
    id: 'half',
    title: 'Sync’s half may have been seen',
    answer: 'new-shares',
    why: 'In Vault, in the database or in a backup. The half that was seen opens nothing with the new shares. It opens the key with the old ones: guard them until each is destroyed.',
  },
  {
    id: 'people',
    title: 'An operator or witness comes or leaves',
    answer: 'roster',
    why: 'Neither holds a share. Where new shares are made anyway, they can come in with those.',
  },
  {
    id: 'identity',
    title: 'An identity or an address changes',
    answer: 'roster',
    why: 'A personal identity signs, and opens nothing. If the stick or YubiKey that is gone held a share as well, the share is lost too: choose that.',
  },
  {
    id: 'exposed',
    title: 'The key or enough shares may be known',
    answer: 'new-key',
    why: 'To somebody who should not have them. New shares do not help enough: the platform key stays the same. Whoever has it goes on opening what is stored under it, and so does whoever has enough old shares and a backup of sync’s old half.',
  },
  {
    id: 'algorithm',
    title: 'A method is no longer thought safe',
    answer: 'new-key',
    why: 'New shares keep the platform key and everything that is stored under it, with the methods of before. A new key is made with the methods of this program: see first that it has better ones.',
  },
  {
    id: 'new-key-audit',
    title: 'An audit asks for a new platform key',
    answer: 'new-key',
    why: 'Not for new shares, which leave the key as it is. Both keys are in use then, each with its own shares, and what each opens is listed.',
  },
] as const satisfies readonly {
  readonly id: string;
  readonly title: string;
  readonly answer: Answer;
  readonly why: string;
}[];

export type TriggerId = (typeof TRIGGERS)[number]['id'];

interface Change {
  readonly title: string;
  readonly facts: readonly { readonly name: string; readonly value: string }[];
}

/** What each change is, who must come, and what it costs. */
export const CHANGES: Readonly<Record<Answer, Change>> = {
  'new-shares': {
    title: 'New shares answer this.',
    facts: [
      {
        name: 'What changes',
        value:
          'Both halves of the platform key and every share. The key itself stays, and every survey key that is stored under it.',
      },
      {
        name: 'Who must come',
        value:
          'The operator, a witness, enough custodians of today to open the key, and everybody who is to hold a share.',
      },
      {
        name: 'Beforehand',
        value:
          'The operator makes a ticket. Sync makes a package for it, which two approvers release.',
      },
      {
        name: 'In the room',
        value: 'As long as the first split, and a sitting more for each old share that is given.',
      },
      {
        name: 'Afterwards',
        value:
          'Two approvers type the eight words of the new set, and sync waits at least 24 hours. Then a second package shows here that sync’s new half fits, and the old shares are destroyed before a witness.',
      },
      {
        name: 'If it stops',
        value: 'The old shares open the key until sync has committed the new ones.',
      },
    ],
  },
  'add-set': {
    title: 'Another set of the same key answers this.',
    facts: [
      {
        name: 'What changes',
        value:
          'One more set of shares opens the key. The key, sync’s half of it, and the shares of today stay.',
      },
      {
        name: 'Why it weakens',
        value:
          'Whoever has enough shares of either set has the key, and the others do not notice. A key has four sets at most.',
      },
      {
        name: 'What does not undo it',
        value:
          'A set cannot be taken away alone. New shares end all sets of the key, and every further one is then made again.',
      },
      {
        name: 'Who must come',
        value:
          'The operator, a witness, enough custodians of one set of today to open the key, and everybody who is to hold a share of the new one.',
      },
      { name: 'Beforehand', value: 'A package from sync. No ticket is needed.' },
      {
        name: 'In the room',
        value:
          'As long as the first split, and a sitting more for each share of today that is given.',
      },
      {
        name: 'Afterwards',
        value:
          'Two approvers type the eight words of the new set, and sync waits at least 24 hours. No old share is destroyed.',
      },
      {
        name: 'If it stops',
        value:
          'The shares of today are what they were. What was written of the new set is of the key in use: guard it until it is destroyed before the witness.',
      },
    ],
  },
  refresh: {
    title: 'A refresh of the shares answers this.',
    facts: [
      {
        name: 'What changes',
        value:
          'Every share. The key, sync’s half of it and everything that is stored stay. Nothing is put together.',
      },
      {
        name: 'What it does not end',
        value:
          'The old shares still fit each other: it is worth as much as their destruction. And whoever has as many of them as open the key has the key.',
      },
      {
        name: 'Who must come',
        value:
          'The operator, a witness, and every custodian whose share is to live on: all of them, or at least one more than open the key. Whoever does not come has no share afterwards.',
      },
      { name: 'Beforehand', value: 'A package from sync. No ticket is needed.' },
      {
        name: 'In the room',
        value:
          'About ten minutes for each custodian, one after the other; nobody waits for a second turn.',
      },
      {
        name: 'Afterwards',
        value:
          'Two approvers type the eight words of the refreshed set, and sync waits at least 24 hours. Then the old shares are destroyed before a witness.',
      },
      {
        name: 'If it stops',
        value:
          'What was written is void, and is destroyed before the witness. The old shares are what they were.',
      },
    ],
  },
  drill: {
    title: 'A drill answers this.',
    facts: [
      {
        name: 'What changes',
        value: 'Nothing. Each share signs for itself, and no key is put together.',
      },
      {
        name: 'Who must come',
        value:
          'The operator, a witness, and the custodians, alone or together, on one day or several.',
      },
      { name: 'Beforehand', value: 'A package from sync. No ticket is needed.' },
      {
        name: 'In the room',
        value: 'A few minutes for each custodian, and the witness and the operator at the end.',
      },
    ],
  },
  roster: {
    title: 'A change of who takes part answers this.',
    facts: [
      {
        name: 'What changes',
        value: 'Who is listed, with which identity and which address. No share changes.',
      },
      {
        name: 'Who must come',
        value: 'Enough custodians to open the key, and whoever is new or gets another identity.',
      },
      { name: 'Beforehand', value: 'A package from sync. No ticket is needed.' },
      {
        name: 'In the room',
        value:
          'A sitting for each share that is given, and one for everybody who is new. The shares are good afterwards as before.',
      },
      {
        name: 'Afterwards',
        value:
          'Two approvers type the eight words of the new roster, and sync waits for its delay.',
      },
    ],
  },
  'new-key': {
    title: 'A new platform key answers this, for what is stored from then on.',
    facts: [
      {
        name: 'What changes',
        value:
          'A second platform key comes beside the one in use, under a key version and with shares of its own.',
      },
      {
        name: 'What it does not end',
        value:
          'What is stored today stays under the key of today, and opens with it, until it is moved to the new one, which is a ceremony of its own. Keep from it whoever may have that key: withdraw the access to Vault and the database, and guard their backups.',
      },
      {
        name: 'Who must come',
        value:
          'The operator, a witness, enough custodians of today to open the key, and everybody who is to hold a share of the new one.',
      },
      {
        name: 'Beforehand',
        value:
          'The operator makes a ticket. Sync makes a package for it, which two approvers release.',
      },
      {
        name: 'In the room',
        value:
          'As long as the first split, and a sitting more for each share of today that is given.',
      },
      {
        name: 'Afterwards',
        value:
          'Two approvers type the eight words of the new set, and sync waits at least 24 hours. The key of today stays the active one until custodians of today sign, in a ceremony of its own, that the new one is put to use: “Put another key version to use” on the home page.',
      },
      {
        name: 'What to keep',
        value:
          'Destroy no share: those of today open every survey that is stored under them. Write down what was seen, and tell who answers for data protection.',
      },
    ],
  },
};
