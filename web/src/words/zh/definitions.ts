/** 指标的定义：英文原文（cti/metrics/contract.py）→ 中文。原文改了，这里也要改：有测试看着。 */

export const definitions: Readonly<Record<string, string>> = {
  'the queue': '队列',
  "contacts that entered the queue. One that is put back after a missed offer, or comes back after an engine's death, is the same one. It counts in the interval in which it entered, with whatever became of it later: offered = all outcomes + waiting, always":
    '进入队列的联系。漏接后放回队列的、引擎中断后带票据回来的，仍是同一个。按进入的时段计数，不论后来如何：进线＝全部结果＋等待，始终成立',
  'who still wait, or are being rung for. Of a queue now: all in its line, with the customers whom we call. Of an interval or a window: only callers, of those offered in it, so that offered = all outcomes + waiting':
    '仍在等待或正在为其振铃的联系。当前值：队列中的全部，包括我们要呼叫的客户。时段或窗口：只计其中进线的来电者，因此进线＝全部结果＋等待',
  'outcome of a visit: an agent has answered': '等待的结果：坐席已接听',
  'outcome of a visit: the caller gave up': '等待的结果：来电者放弃',
  "outcome of a visit: the queue's maximum wait was over": '等待的结果：超过队列的最长等待',
  'outcome of a visit: the caller left by a digit, or into what a flow beside the line offered':
    '等待的结果：来电者按键离开，或接受了等待中流程提供的选择',
  'outcome of a visit: turned away at the door, or sent on: line full, closed, nobody there, too long a wait':
    '等待的结果：在入口被拒或转走：队列已满、已关闭、无人在岗或等待过长',
  'outcome of a visit: another contact took the place over: an attended transfer, or the customer whom we were to call called':
    '等待的结果：由另一个联系接替：咨询转接，或我们要呼叫的客户自己打来',
  'outcome of a visit: we called the customer, and nobody (or a machine) answered':
    '等待的结果：我们呼叫了客户，无人接听或由答录机接听',
  'outcome of a visit: a supervisor ended the wait': '等待的结果：班长结束了等待',
  'outcome of a visit: a supervisor put the contact into another queue': '等待的结果：班长把联系移到另一个队列',
  "outcome of a visit: ended by us without anybody's wish; must stay 0":
    '等待的结果：我们在无人要求的情况下结束了它；必须为 0',
  'abandoned after a wait of at most S: misdialled, in no service level but lenient':
    '等待不超过 S 即放弃：多为误拨；除宽松服务水平外均不计入',
  'answered after a wait of at most T': '等待不超过 T 即被接听',
  'abandoned after a wait of at most T': '等待不超过 T 即放弃',
  "part of offered: callers who came back with their ticket after an engine's death":
    '进线的一部分：引擎中断后带票据回来的来电者',
  'customers whom we were to call from this queue; in no other figure of it but waiting':
    '要从此队列呼叫的客户；除等待外不计入该队列的其他指标',
  'the default level: sl_offered': '默认的服务水平：服务水平（进线）',
  'answered within T / answered': 'T 内接听 ÷ 接听',
  'answered within T / (answered + abandoned - short abandoned)': 'T 内接听 ÷（接听＋放弃－短放弃）',
  'answered within T / offered': 'T 内接听 ÷ 进线',
  '(answered within T + abandoned within T) / (answered + abandoned)': '（T 内接听＋T 内放弃）÷（接听＋放弃）',
  '(abandoned - short abandoned) / (answered + abandoned - short abandoned)': '（放弃－短放弃）÷（接听＋放弃－短放弃）',
  "mean wait of the answered, from entering this queue to the agent's answer":
    '已接听者的平均等待：从进入此队列到坐席接听',
  'half of the answered waited at most so long. Live: exactly, of the newest 1000':
    '已接听者中一半的等待不超过此值。实时：最近 1000 个的精确值',
  'nine of ten of the answered waited at most so long. In reports: by steps of the wait':
    '已接听者中十分之九的等待不超过此值。报表：按等待的分级估算',
  'the longest wait of an answered contact': '已接听联系中最长的等待',
  'how long the one has waited who waits longest now': '当前等待最久者已等待的时间',
  'answered contacts for which an expected wait (P90) was known at the door': '进入时已知预计等待（P90）的已接听联系',
  'of these, answered within it: nine of ten is right': '其中在预计等待内接听的：十分之九为准确',
  'ewt_kept / ewt_announced; is to be 0.9': '播报属实 ÷ 已播报等待；应为 0.9',
  'members of the queue whose status is available': '队列中状态为可用的成员',
  'of these: idle, and the phone does nothing else': '其中空闲且话机没有其他通话的',
  "T, the queue's service target": 'T，队列的服务目标',
  "what the queue's service level is to reach": '队列的服务水平应达到的值',
  'the agent': '坐席',
  'talks that began: offers that an agent answered. A transferred call is one contact and two of these':
    '开始的通话：坐席接听的分配。转接的来电是一个联系、两次处理',
  'talks that an agent ended by a transfer, blind or attended': '坐席以转接（盲转或咨询转）结束的通话',
  'offers that rang at the agent until the ring time-out': '在坐席处振铃直至超时的分配',
  'connected with a contact': '与联系接通的时间',
  'the contact is on hold': '联系处于保持的时间',
  'after a talk, before the next contact': '通话之后、下一个联系之前',
  'available, and nothing to do': '可用且无事可做',
  'his phone rings, or a customer is being called for him': '其话机振铃，或正在为其呼叫客户',
  'of ringing_s: what became a talk': '振铃时间中成为通话的部分',
  'on a break, after the work that he was on': '手头工作完成之后的小休',
  'idle + ringing + talk + hold + wrap-up: logged in and not on a break, or still at work':
    '空闲＋振铃＋通话＋保持＋话后：已签入且不在小休，或仍在工作',
  'taken ring + talk + hold + wrap-up': '已接振铃＋通话＋保持＋话后',
  'busy_s / staffed_s. An agent in two queues counts in both of their rows, and once in the total':
    '忙碌 ÷ 在岗。属于两个队列的坐席在两行中都计，合计中只计一次',
  'busy_s / (staffed_s + break_s): of all the time that the agent was signed in':
    '忙碌 ÷（在岗＋小休）：占坐席全部签入时间的比例',
  'break_s / (staffed_s + break_s). What is lost beside breaks is not known':
    '小休 ÷（在岗＋小休）。小休以外的损失无从得知',
  '(talk_s + hold_s + wrapup_s) / handled; seconds count when they end, in the sliding windows too. Unknown while there are none':
    '（通话＋保持＋话后）÷ 处理；时间在结束时计入，滑动窗口也是如此。没有时为未知',
  'members of the team, or agents who were there': '班组成员，或在岗的坐席',
  'members of the team who are idle and available, with a phone that does nothing else':
    '班组中空闲、可用且话机没有其他通话的成员',
  'the campaign; `callbacks` are promised calls, which are of none':
    '外呼活动；`callbacks` 是承诺的回呼，不属于任何活动',
  'attempts at a number; each has one result: placed = all results + in_the_air, always':
    '对号码的呼叫；每次只有一个结果：呼叫次数＝全部结果＋呼出中，始终成立',
  'attempts that are not over': '尚未结束的呼叫',
  'result of an attempt: a person answered, or nobody listened for a machine': '呼叫的结果：由人接听，或未做答录机识别',
  'result of an attempt: an answering machine answered': '呼叫的结果：由答录机接听',
  'result of an attempt: nobody answered': '呼叫的结果：无人接听',
  'result of an attempt: the number was engaged': '呼叫的结果：号码占线',
  'result of an attempt: the call was refused': '呼叫的结果：被拒接',
  'result of an attempt: the network had no way there': '呼叫的结果：网络无法到达',
  'result of an attempt: there is no such number': '呼叫的结果：没有这个号码',
  'result of an attempt: we took it back before anybody answered': '呼叫的结果：接听前由我们取消',
  'result of an attempt: the switch or the store could not take it on: no phone has rung':
    '呼叫的结果：交换机或存储无法受理，没有话机振铃',
  'result of an attempt: the engine died over it, and nobody can tell': '呼叫的结果：引擎在此期间中断，无人知晓',
  'human / (all results but not_dialled, cancelled and unknown)': '由人接听 ÷（全部结果，未拨出、已取消和未知除外）',
  'attempts that a person answered, as far as it is known what became of them': '由人接听的呼叫，以其后续已知者为限',
  "answered by a person, and no agent within the campaign's connect time (2 s unless it says otherwise)":
    '由人接听，但在活动的接通时限内没有坐席（默认 2 秒）',
  'dial_abandoned / answers, with its Wilson interval of 95 %': '我方放弃 ÷ 有效接听，附 95 % 的 Wilson 区间',
  'of answers: an agent, or the flow, had the customer': '有效接听中：客户接给了坐席或流程',
  'of answers: hung up before an agent had him': '有效接听中：坐席接起之前客户已挂断',
  'leads that ended as reached in the interval': '在此时段内以接通结束的名单',
  'the flow that received the caller': '接待来电者的流程',
  'callers whom a flow received; came = the three ways out + inside, always':
    '流程接待的来电者；进入＝三种出口＋流程中，始终成立',
  'of these: still in it': '其中仍在流程中的',
  'first way out: into a line': '第一个出口：进入队列',
  'first way out: the flow said good-bye': '第一个出口：流程说了再见',
  'first way out: the caller hung up': '第一个出口：来电者挂断',
  'self_service / came': '自助完成 ÷ 进入',
  'the number that was called: one of ours': '被叫号码：我方的号码之一',
  'callers who dialled this number': '拨打此号码的来电者',
  'promised callbacks, by when they were promised': '承诺的回呼，按承诺的时间计',
  'of these: the customer was reached and had his agent': '其中已接通客户并交给坐席的',
  'answers in the upper quarter of their scale (4 and 5 of 1 to 5) / answers':
    '评分在上四分之一的答案（1 至 5 分中的 4 和 5）÷ 全部答案',
  '(answers of 9 and 10 - answers of 0 to 6) / answers, on a scale from 0 to 10':
    '（9 和 10 分的答案－0 至 6 分的答案）÷ 全部答案，分值 0 至 10',
  "callers to whom a survey's first question was put": '听到问卷第一题的来电者',
  "callers who answered a survey's first question / surveys_asked": '回答第一题的来电者 ÷ 发出问卷',
  'lower end of the Wilson interval of 95 % of response_rate': '问卷应答率的 95 % Wilson 区间的下限',
  'upper end of the Wilson interval of 95 % of response_rate': '问卷应答率的 95 % Wilson 区间的上限',
  'answers to all questions; a score from fewer than 30 is marked weak': '全部题目的答案；少于 30 个时分值标为样本少',
  'FCR: answered contacts whose customer did not come to the same queue again within 7 days / answered contacts of known customers. Weak until 7 days have passed':
    '首次解决率：7 天内客户没有再来同一队列的已接听联系 ÷ 客户已知的已接听联系。未满 7 天时不可靠',
  'lower end of the Wilson interval of 95 % of csat': '满意度的 95 % Wilson 区间的下限',
  'upper end of the Wilson interval of 95 % of csat': '满意度的 95 % Wilson 区间的上限',
  'callers who left in another way: turned away, maximum wait, a digit, a supervisor':
    '以其他方式离开的来电者：被拒、超过最长等待、按键、由班长结束',
  'lower end of the Wilson interval of 95 %': '95 % 的 Wilson 区间的下限',
  'upper end of the Wilson interval of 95 %': '95 % 的 Wilson 区间的上限',
  "begin of the interval, in the centre's zone": '时段的开始，按中心的时区',
  "how long somebody has waited: at least this, and less than the next row's":
    '已等待多久：不少于此值，且少于下一行的值',
  'contacts that were still waiting after so long': '等到此时仍在等待的联系',
  'of these: gave up before the next row': '其中在下一行之前放弃的',
  'left_here / reached_wait: who gives up at this point': '此时放弃 ÷ 等到此时：在此刻放弃的比例',
  'who would still wait after so long if nobody were answered (Kaplan-Meier)':
    '若无人接听，等到此时仍会等待的比例（Kaplan-Meier）',
  "agent free (and no rest after a busy phone) to his phone's leg, where one waited":
    '从坐席空闲（且占线后无需休息）到其话机振铃的时间，仅计有人等待时',
};
